/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_COMPILER_H
#define HOOKCOST_COMPILER_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#ifndef __printf
#define __printf(format_arg, first) __attribute__((format(printf, format_arg, first)))
#endif
#ifndef __noreturn
#define __noreturn __attribute__((noreturn))
#endif

#endif /* HOOKCOST_COMPILER_H */
