# SPDX-License-Identifier: GPL-2.0-only
# jitcheck: every loop is JITed and measured
#: devices=("")

expect("every loop"; rows("jitcheck"; "jit_" + ("fib", "sum", "copy", "array", "branch", "divide", "alu32"))),
expect("times"; positive("jitcheck"; "ns", "median")),
expect("instructions"; positive("jitcheck"; "insns"))
