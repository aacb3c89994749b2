/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_TEST_NATIVE_H
#define HOOKCOST_TEST_NATIVE_H

#include <linux/types.h>

/* Argument of native.bpf.c's peek */
struct peek {
	__u64 address;
	__u64 value;
};

#endif /* HOOKCOST_TEST_NATIVE_H */
