//! The build id: what a client and a daemon must share to talk with each other; part of the socket's name.

/// The 64 bit FNV-1a hash: small enough to be written twice, here and in `hobd/build_id.py`.
pub fn fnv1a_64(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |value, byte| (value ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The build id of `version` installed in `folder`, the real path of the client's folder: 8 lower-case hex digits.
pub fn compute(version: &str, folder: &[u8]) -> String {
    let hash = fnv1a_64(&[b"hob 1 ", version.as_bytes(), b"\0", folder].concat());
    format!("{:08x}", hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_gives_the_published_test_vectors() {
        assert_eq!(fnv1a_64(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a_64(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a_64(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_build_id_is_the_one_that_the_daemon_computes() {
        assert_eq!(compute("0.1.0", b"/opt/hob/bin"), "b856db1b");
    }
}
