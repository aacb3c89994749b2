/* SPDX-License-Identifier: GPL-2.0-only */
/* What native_copies.bpf.c and its test agree on */
#ifndef HOOKCOST_TEST_NATIVE_COPIES_H
#define HOOKCOST_TEST_NATIVE_COPIES_H

#define NATIVE_BYTES	1024

#endif /* HOOKCOST_TEST_NATIVE_COPIES_H */
