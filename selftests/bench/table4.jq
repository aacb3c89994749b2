# SPDX-License-Identifier: GPL-2.0-only
# Table 4: access from user space, by system call and in shared memory; every access has
# found what was put there

["array", "hash", "lru_hash", "percpu_array", "percpu_hash", "lru_percpu_hash"] as $calls |
["ringbuf", "mmap", "xsk"] as $memory |
expect("every way in"; rows("access"; "loop", "getppid", "refused", $calls[], $memory[])),
expect("times"; positive("access"; "mean", "median")),
expect("batches"; least("access"; "n"; 5)),
expect("the system call's share"; positive("access"; "share")),
expect("what of it is UML"; guest_shares("access"; $calls[])),
($memory[] as $row |
	expect("\($row) costs less than a system call"; ascending("access"; "median"; [$row, "getppid"])))
