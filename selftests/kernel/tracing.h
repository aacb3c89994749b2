/* SPDX-License-Identifier: GPL-2.0-only */
/* What tracing.bpf.c tells tracing.c */
#ifndef TRACING_H
#define TRACING_H

#define OUTPUT_BYTES	32

/* A sample of bpf_perf_event_output() */
struct output {
	__u64 number;
	__u64 cookie;
	__u8 packet[OUTPUT_BYTES];	/* by output_packet only */
};

#define PROBE_BYTES	61	/* takes loads of 8, 4 and 1 bytes */

#endif /* TRACING_H */
