/* SPDX-License-Identifier: GPL-2.0-only */
/* Traffic from netns a to netns b whose every byte is checked at its end */
#ifndef HOOKCOST_TEST_SIMFLOW_H
#define HOOKCOST_TEST_SIMFLOW_H

#include "simdata.h"

#define FLOW_A4		"10.203.0.1"
#define FLOW_B4		"10.203.0.2"
#define FLOW_A6		"fd00:203::1"
#define FLOW_B6		"fd00:203::2"

/* A stream of so many bytes to this address of netns b */
struct flow_stream {
	const char *to;
	size_t bytes;
	size_t right;	/* of them, those before the first piece that is not as it was sent */
};

/* 0, or -1 with a diagnostic line if an end did not come to its end */
int flow_stream(struct flow_stream *s);

/*
 * Datagrams of 26 to 1400 bytes that are numbered, and whose contents follow from
 * the number.
 */
struct flow_grams {
	int tx, rx;
	bool cut;
	unsigned int sent;
	unsigned int received;	/* with all below */
	unsigned int twice;	/* equal to the one before */
	unsigned int backward;	/* their number was less than one before */
	unsigned int wrong;	/* not what was sent */
	int64_t last;		/* the highest number so far, -1: none */
};

int flow_grams_open(struct flow_grams *g, const char *to);
void flow_grams_close(struct flow_grams *g);
/* Bursts of 32, and what has come is received between them */
int flow_grams_send(struct flow_grams *g, unsigned int n);
/* So many of one length with one call: they are cut below the socket */
int flow_grams_send_cut(struct flow_grams *g, unsigned int n);
/* Receives until so many have come, or none for 2 s */
void flow_grams_drain(struct flow_grams *g, unsigned int want);
/* What should not: receives until none comes for 200 ms */
void flow_grams_more(struct flow_grams *g);

#endif /* HOOKCOST_TEST_SIMFLOW_H */
