/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of 64 bytes from a client in netns A, or on another machine, to a server in netns B */
#ifndef HOOKCOST_TRAFFIC_H
#define HOOKCOST_TRAFFIC_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include "net/net.h"

/* Where the server listens, UDP and TCP */
#define TRAFFIC_PORT	4242
#define TRAFFIC_BYTES	64
#define TRAFFIC_BURST	32

enum traffic_kind {
	/* 32 messages are sent, then read, by one thread: nobody sleeps */
	TRAFFIC_UDP_BURST,
	TRAFFIC_TCP_BURST,
	/*
	 * One message at a time, to a server that sleeps until it comes. It has
	 * real-time priority on the client's own CPU, so that it sleeps again when
	 * the client sees that it has read, and sends the next one; a reply, which
	 * would cost two more system calls, is not needed for that. It reads
	 * all by one system call, and still sleeps before each.
	 */
	TRAFFIC_UDP_WAKE,
	TRAFFIC_TCP_WAKE,
	/*
	 * The same with a server that sleeps in poll(): recv() on a UDP socket
	 * in a sockmap sleeps on the wrong queue (udp_bpf_recvmsg()).
	 */
	TRAFFIC_UDP_POLL,
};

struct traffic {
	enum traffic_kind kind;
	int client, server;		/* client: -1 with remote traffic */
	const struct device *remote;	/* the device then */
	bool silent;			/* nothing came when it was last waited for */
	bool running;			/* the server's thread */
	pthread_t thread;
	pid_t tid;			/* its own, atomic */
	uint64_t read;			/* bytes that it has read, atomic: without those in got */
	struct mmsghdr got[TRAFFIC_BURST];	/* its system call's */
};

/* In words: "bursts of 32", "one by one" */
const char *traffic_name(enum traffic_kind kind);

/*
 * With remote traffic there is the server alone, on port 4242, which sleeps
 * until a message comes, whatever the kind. Where none comes for the device's `wait`
 * seconds (less, if t->silent), traffic_open() (TCP) and traffic_run() end with
 * -ENODATA, not said. traffic_run() then waits for so many, and takes more.
 */

/*
 * Sockets in both namespaces, the TCP handshake done, no server yet. Pushes
 * its own end on the cleanup stack first. 0, or -errno with err() said.
 */
int traffic_open(struct traffic *t, const struct net *n, enum traffic_kind kind);
/* Starts the server, if the kind has one, after a hook has taken its socket */
int traffic_start(struct traffic *t);
/* Sends `messages`, waits until all have been read; -EINTR; -ETIMEDOUT: some were lost */
int traffic_run(struct traffic *t, uint64_t messages);
/* Waits until nothing is in flight: a late ACK would be counted as a packet */
int traffic_settle(struct traffic *t);
/* Packets that the client's kernel has sent so far; -EOPNOTSUPP for UDP */
int traffic_segments(const struct traffic *t, uint64_t *sent);
/* How often the server has gone to sleep so far; -EOPNOTSUPP if that is not known */
int traffic_sleeps(const struct traffic *t, uint64_t *sleeps);
/* Messages that the server has read so far */
uint64_t traffic_messages(const struct traffic *t);
/* The server has its thread no more; the sockets remain */
void traffic_stop(struct traffic *t);

#endif /* HOOKCOST_TRAFFIC_H */
