# SPDX-License-Identifier: GPL-2.0-only
# truth: the delays are there in both methods, in their order, and no frame is missing. How near
# the truth is to be is not judged here: the machine may be busy.
#: need_patches
#: need_module hookcost_native
#: options=(--batches 6)

# Where none is shown (emulated CPU, debug kernel) what is left is that none is, and why
(select($times) |
	expect("every delay"; rows("truth"; "\($over)_\(0, 5, 10, 20, 50, 100, 500)")),
	expect("longer delays read longer, by time stamps";
		ascending("truth"; "stamps"; ["\($over)_\(0, 20, 50, 100, 500)"])),
	expect("longer delays read longer, by throughput";
		ascending("truth"; "throughput"; ["\($over)_\(0, 100, 500)"])))
