/* SPDX-License-Identifier: GPL-2.0-only */
/* sockperf as a client: request, answer, request, ...; the time of each */
#ifndef HOOKCOST_SOCKPERF_H
#define HOOKCOST_SOCKPERF_H

#include <stddef.h>
#include <stdint.h>
#include "net/net.h"
#include "net/tool.h"

struct sockperf_opts {
	const struct net *net;
	struct tool *server;		/* that must not end before, or NULL */
	unsigned int port, client_port;
	unsigned int bytes;		/* of a message */
	unsigned int seconds;		/* sockperf leaves 450 ms of them out */
};

struct sockperf {
	uint64_t sent, received;	/* of the whole run, without what warms up */
	uint64_t dropped, duplicated, misordered;
	double seconds;			/* the run's, by sockperf's own clock */
	double *rtt;			/* us, in the order of the run; to be freed */
	size_t n;
};

/*
 * From A to B; 0, or -errno with err() said; -EPROTO: it could not begin, or what it prints
 * is not to be believed. Nothing of it is left running.
 */
int sockperf_run(const struct sockperf_opts *o, struct sockperf *s);
/*
 * text: what it has printed, log: its --full-log. 0, or -EBADMSG with a reason: not
 * understood, or what it prints is not what its log says.
 */
int sockperf_parse(const char *text, const char *log, struct sockperf *s, char *why, size_t len);
void sockperf_free(struct sockperf *s);

#endif /* HOOKCOST_SOCKPERF_H */
