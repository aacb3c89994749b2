#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Table 4: access from user space, by system call and in shared memory; every access has
# found what was put there

source "$(dirname "$0")/bench.sh"

calls=(array hash lru_hash percpu_array percpu_hash lru_percpu_hash)
memory=(ringbuf mmap xsk)

for over in $(devices); do
	run_bench table4 --device "$over"
	expect "it is the device" device "$over"
	expect "every way in" rows access loop getppid refused "${calls[@]}" "${memory[@]}"
	expect "times" positive access mean median
	expect "batches" least access n 5
	expect "what was put there was found" never "did not find"
	expect "the system call's share" positive access share
	result "what of it is UML" guest_shares access "${calls[@]}"
	for row in "${memory[@]}"; do
		expect "$row costs less than a system call" ascending access median "$row" getppid
	done
done
finish
