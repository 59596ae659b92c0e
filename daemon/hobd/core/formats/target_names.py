"""The names of platforms that one may resolve for (`python-platform`), every spelling, in the order in which errors list them."""

_TEXT = """
    windows linux macos x8664-pc-windows-msvc x86_64-pc-windows-msvc aarch64-pc-windows-msvc arm64-pc-windows-msvc
    i686-pc-windows-msvc x8664-unknown-linux-gnu x86_64-unknown-linux-gnu aarch64-apple-darwin x8664-apple-darwin x86_64-apple-darwin
    aarch64-unknown-linux-gnu aarch64-unknown-linux-musl x8664-unknown-linux-musl x86_64-unknown-linux-musl s390x-unknown-linux-gnu
    powerpc64le-unknown-linux-gnu loongarch64-unknown-linux-gnu riscv64-unknown-linux manylinux2014_x86_64 x8664-manylinux2014
    x86_64-manylinux2014 manylinux_2_17_x86_64 x8664-manylinux217 x86_64-manylinux_2_17 manylinux_2_28_x86_64 x8664-manylinux228
    x86_64-manylinux_2_28 manylinux_2_31_x86_64 x8664-manylinux231 x86_64-manylinux_2_31 manylinux_2_32_x86_64 x8664-manylinux232
    x86_64-manylinux_2_32 manylinux_2_33_x86_64 x8664-manylinux233 x86_64-manylinux_2_33 manylinux_2_34_x86_64 x8664-manylinux234
    x86_64-manylinux_2_34 manylinux_2_35_x86_64 x8664-manylinux235 x86_64-manylinux_2_35 manylinux_2_36_x86_64 x8664-manylinux236
    x86_64-manylinux_2_36 manylinux_2_37_x86_64 x8664-manylinux237 x86_64-manylinux_2_37 manylinux_2_38_x86_64 x8664-manylinux238
    x86_64-manylinux_2_38 manylinux_2_39_x86_64 x8664-manylinux239 x86_64-manylinux_2_39 manylinux_2_40_x86_64 x8664-manylinux240
    x86_64-manylinux_2_40 aarch64-manylinux2014 manylinux2014_aarch64 aarch64-manylinux217 aarch64-manylinux_2_17
    manylinux_2_17_aarch64 aarch64-manylinux228 aarch64-manylinux_2_28 manylinux_2_28_aarch64 aarch64-manylinux231
    aarch64-manylinux_2_31 manylinux_2_31_aarch64 aarch64-manylinux232 aarch64-manylinux_2_32 manylinux_2_32_aarch64
    aarch64-manylinux233 aarch64-manylinux_2_33 manylinux_2_33_aarch64 aarch64-manylinux234 aarch64-manylinux_2_34
    manylinux_2_34_aarch64 aarch64-manylinux235 aarch64-manylinux_2_35 manylinux_2_35_aarch64 aarch64-manylinux236
    aarch64-manylinux_2_36 manylinux_2_36_aarch64 aarch64-manylinux237 aarch64-manylinux_2_37 manylinux_2_37_aarch64
    aarch64-manylinux238 aarch64-manylinux_2_38 manylinux_2_38_aarch64 aarch64-manylinux239 aarch64-manylinux_2_39
    manylinux_2_39_aarch64 aarch64-manylinux240 aarch64-manylinux_2_40 manylinux_2_40_aarch64 manylinux2014_s390x s390x-manylinux2014
    manylinux_2_17_s390x s390x-manylinux_2_17 manylinux_2_28_s390x s390x-manylinux_2_28 manylinux_2_31_s390x s390x-manylinux_2_31
    manylinux_2_32_s390x s390x-manylinux_2_32 manylinux_2_33_s390x s390x-manylinux_2_33 manylinux_2_34_s390x s390x-manylinux_2_34
    manylinux_2_35_s390x s390x-manylinux_2_35 manylinux_2_36_s390x s390x-manylinux_2_36 manylinux_2_37_s390x s390x-manylinux_2_37
    manylinux_2_38_s390x s390x-manylinux_2_38 manylinux_2_39_s390x s390x-manylinux_2_39 manylinux_2_40_s390x s390x-manylinux_2_40
    manylinux2014_ppc64le ppc64le-manylinux2014 manylinux_2_17_ppc64le ppc64le-manylinux_2_17 manylinux_2_28_ppc64le
    ppc64le-manylinux_2_28 manylinux_2_31_ppc64le ppc64le-manylinux_2_31 manylinux_2_32_ppc64le ppc64le-manylinux_2_32
    manylinux_2_33_ppc64le ppc64le-manylinux_2_33 manylinux_2_34_ppc64le ppc64le-manylinux_2_34 manylinux_2_35_ppc64le
    ppc64le-manylinux_2_35 manylinux_2_36_ppc64le ppc64le-manylinux_2_36 manylinux_2_37_ppc64le ppc64le-manylinux_2_37
    manylinux_2_38_ppc64le ppc64le-manylinux_2_38 manylinux_2_39_ppc64le ppc64le-manylinux_2_39 manylinux_2_40_ppc64le
    ppc64le-manylinux_2_40 loongarch64-manylinux_2_36 manylinux_2_36_loongarch64 loongarch64-manylinux_2_37 manylinux_2_37_loongarch64
    loongarch64-manylinux_2_38 manylinux_2_38_loongarch64 loongarch64-manylinux_2_39 manylinux_2_39_loongarch64
    loongarch64-manylinux_2_40 manylinux_2_40_loongarch64 aarch64-linux-android x86_64-linux-android wasm32-pyodide2024
    wasm32-pyodide2025 arm64-apple-ios arm64-apple-ios-simulator x86_64-apple-ios-simulator
"""

TARGETS = tuple(_TEXT.split())
