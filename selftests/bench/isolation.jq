# SPDX-License-Identifier: GPL-2.0-only
# isolation: what a frame waits behind others' requests, by what becomes of these; none is missing
#: devices=(mlx5)
#: need_sim
#: (($(nproc) == 1)) || skip_all "several CPUs: mlx5sim runs beside the driver"

expect("what becomes of requests"; rows("isolation"; "stack", "pass", "drop", "tx")),
expect("the wait behind each number of them"; rows("wait"; "stack", "pass", "drop", "tx")),
expect("a frame alone takes its time"; positive("isolation"; "alone", "model")),
expect("a request ahead takes its time"; positive("isolation"; "slope", "mean_wait")),
expect("frames were sent"; least("isolation"; "frames"; 1000)),
expect("more requests ahead are a longer wait"; rows_of("wait") |
	select(.cells | .n_63 != null and .n_63 <= .n_1) | "row \(.key): \(.cells)")
