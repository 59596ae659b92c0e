//! gRPC over HTTP/2, as much of it as one call needs: five bytes before each message, and no interest in trailers.
//!
//! What a call ends with is in its last message (`Exit`, `ExecSpec`, `Refused`); a stream that ends without one broke,
//! whatever its status says.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::client::{self, ResponseFuture};
use h2::{RecvStream, SendStream};
use http::{Method, Request, Version};
use prost::Message;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;

/// One byte that says whether it is compressed (never), four of length, big-endian.
const PREFIX: usize = 5;

/// What a message may weigh; larger ones are a fault of the other end.
const LARGEST_MESSAGE: usize = 16 * 1024 * 1024;

/// What may be under way to us, per call.
const WINDOW: u32 = 4 * 1024 * 1024;

/// The way to the daemon of one call.
#[derive(Debug)]
pub struct Sender {
    stream: SendStream<Bytes>,
    queue: VecDeque<Bytes>,
    queued: usize,
}

/// The way from the daemon of one call.
#[derive(Debug)]
pub struct Receiver {
    response: Option<ResponseFuture>,
    body: Option<RecvStream>,
    buffer: BytesMut,
}

/// Opens a call of `method` with its first message. All of it leaves in one write, before the daemon has said a word.
pub async fn open(stream: UnixStream, method: &str, first: &impl Message) -> io::Result<(Sender, Receiver)> {
    let mut builder = client::Builder::new();
    builder.initial_window_size(WINDOW).initial_connection_window_size(2 * WINDOW).enable_push(false);
    let (mut requests, connection) = builder.handshake(Flight::new(stream)).await.map_err(broken)?;
    let request = Request::builder()
        .method(Method::POST)
        .version(Version::HTTP_2)
        .uri(format!("http://localhost/{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .map_err(io::Error::other)?;
    let (response, mut sender) = requests.send_request(request, false).map_err(broken)?;
    sender.send_data(frame(first), false).map_err(broken)?;
    tokio::spawn(async move {
        let _ = connection.await; // its failure reaches the call's stream
        drop(requests);
    });
    let receiver = Receiver { response: Some(response), body: None, buffer: BytesMut::new() };
    Ok((Sender { stream: sender, queue: VecDeque::new(), queued: 0 }, receiver))
}

fn broken(error: h2::Error) -> io::Error {
    io::Error::other(error)
}

/// A message behind its prefix.
fn frame(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(PREFIX + length);
    bytes.put_u8(0);
    bytes.put_u32(length as u32);
    message.encode_raw(&mut bytes);
    bytes.freeze()
}

/// Takes the next whole message off the front of `buffer`.
fn unframe<M: Message + Default>(buffer: &mut BytesMut) -> io::Result<Option<M>> {
    if buffer.len() < PREFIX {
        return Ok(None);
    }
    let length = u32::from_be_bytes([buffer[1], buffer[2], buffer[3], buffer[4]]) as usize;
    if buffer[0] != 0 || length > LARGEST_MESSAGE {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    if buffer.len() < PREFIX + length {
        buffer.reserve(PREFIX + length - buffer.len());
        return Ok(None);
    }
    buffer.advance(PREFIX);
    M::decode(buffer.split_to(length)).map(Some).map_err(io::Error::other)
}

impl Sender {
    /// Puts a message behind those that wait for room at the other end.
    pub fn send(&mut self, message: &impl Message) {
        let bytes = frame(message);
        self.queued += bytes.len();
        self.queue.push_back(bytes);
    }

    /// Bytes that wait.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Sends what waits, as far as the other end has room. Cancelling it loses nothing.
    pub async fn flush(&mut self) {
        while let Some(next) = self.queue.front_mut() {
            self.stream.reserve_capacity(next.len());
            let Some(Ok(room)) = poll_fn(|context| self.stream.poll_capacity(context)).await else {
                return self.give_up();
            };
            let piece = next.split_to(room.min(next.len()));
            self.queued -= piece.len();
            if next.is_empty() {
                self.queue.pop_front();
            }
            if self.stream.send_data(piece, false).is_err() {
                return self.give_up();
            }
        }
    }

    /// Nobody listens any more; the receiver will say so.
    fn give_up(&mut self) {
        self.queue.clear();
        self.queued = 0;
    }
}

impl Receiver {
    /// The next message, or `None` when the stream has ended. Cancelling it loses nothing.
    pub async fn next<M: Message + Default>(&mut self) -> io::Result<Option<M>> {
        loop {
            if let Some(message) = unframe(&mut self.buffer)? {
                return Ok(Some(message));
            }
            if let Some(response) = &mut self.response {
                self.body = Some(response.await.map_err(broken)?.into_body());
                self.response = None;
            }
            let Some(body) = &mut self.body else { return Ok(None) };
            match body.data().await {
                Some(Ok(piece)) => {
                    body.flow_control().release_capacity(piece.len()).map_err(broken)?;
                    self.buffer.extend_from_slice(&piece);
                }
                Some(Err(error)) => return Err(broken(error)),
                None => return Ok(None),
            }
        }
    }
}

/// A stream that keeps what is written first (h2 writes the 24 bytes of the preface alone) and sends it with what follows:
/// one system call, and one wake-up of the daemon, instead of two.
struct Flight {
    stream: UnixStream,
    kept: Vec<u8>,
    is_first: bool,
}

impl Flight {
    fn new(stream: UnixStream) -> Self {
        Self { stream, kept: Vec::new(), is_first: true }
    }
}

impl AsyncRead for Flight {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Flight {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.is_first {
            this.is_first = false;
            this.kept = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
            return Poll::Ready(Ok(this.kept.len()));
        }
        if this.kept.is_empty() {
            return Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        }
        let all: Vec<_> = std::iter::once(io::IoSlice::new(&this.kept))
            .chain(slices.iter().map(|slice| io::IoSlice::new(slice)))
            .collect();
        let Poll::Ready(written) = Pin::new(&mut this.stream).poll_write_vectored(context, &all)? else {
            return Poll::Pending;
        };
        let of_kept = written.min(this.kept.len());
        this.kept.drain(..of_kept);
        if written == of_kept {
            context.waker().wake_by_ref(); // nothing of `slices` went: ask again
            return Poll::Pending;
        }
        Poll::Ready(Ok(written - of_kept))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Cancel, Prompt};

    #[test]
    fn a_message_comes_out_as_it_went_in_whatever_the_pieces() {
        let sent = Prompt { id: 7, text: "Name?".to_owned(), is_secret: true };
        let bytes = [frame(&sent), frame(&Cancel { force: true })].concat();
        let mut buffer = BytesMut::new();
        let mut found = None;
        for byte in &bytes[..bytes.len() - 7] {
            assert_eq!(found, None);
            buffer.put_u8(*byte);
            found = unframe::<Prompt>(&mut buffer).unwrap();
        }
        assert_eq!(found, Some(sent));
        buffer.extend_from_slice(&bytes[bytes.len() - 7..]);
        assert_eq!(unframe::<Cancel>(&mut buffer).unwrap(), Some(Cancel { force: true }));
        assert!(buffer.is_empty());
    }

    #[test]
    fn an_empty_message_is_five_zeros() {
        assert_eq!(&frame(&Cancel { force: false })[..], [0; 5]);
    }

    #[test]
    fn compressed_and_monstrous_messages_are_refused() {
        for prefix in [[1, 0, 0, 0, 0], [0, 255, 0, 0, 0]] {
            assert!(unframe::<Cancel>(&mut BytesMut::from(&prefix[..])).is_err());
        }
    }
}
