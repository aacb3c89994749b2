# SPDX-License-Identifier: GPL-2.0-only
# drop: packets are dropped where they are meant to be, each of them, and nowhere else
#: need_patches
#: need_module hookcost_native
#: options=(--batches 2)

expect("every place"; rows("drop"; "native", "xdp", "xdp_generic", "tc", "sk_skb", "socket")),
expect("rates"; positive("drop"; "mpps", "ns")),
expect("the generator alone"; time_fact("generator_ns")),
expect_model("drop")
