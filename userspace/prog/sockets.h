/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UDP sockets for SK_SKB programs, on the loopback of a network namespace that nobody else is in:
 * one whose messages a verdict program sees, and those that it may redirect to.
 */
#ifndef HOOKCOST_PROG_SOCKETS_H
#define HOOKCOST_PROG_SOCKETS_H

#include <bpf/libbpf.h>
#include <stddef.h>
#include <stdint.h>
#include "same_sk_skb.bpf.h"

/* Where a message comes out */
enum outcome {
	OUT_DROP,
	OUT_PASS,
	/* then of each key that it may be redirected to: to be read there, and sent from there */
	OUT_INGRESS,
	OUT_EGRESS,
	OUTCOMES = OUT_INGRESS + 2 * SAME_TARGETS
};

#define OUT_KEY(outcome)	(((outcome) - OUT_INGRESS) / 2)
#define OUT_SENT(outcome)	(((outcome) - OUT_INGRESS) % 2)

/* Messages that are sent in one system call, and read before the next ones are */
#define MESSAGES_CHUNK	32

struct same_sk_skb_bpf;

struct sockets {
	int from, to;			/* connected with each other */
	int target[SAME_TARGETS], peer[SAME_TARGETS];
	struct same_sk_skb_bpf *same;
	int attached;			/* the program; -1: none */
};

struct message {
	const void *data;
	size_t len;
};

/* 0, or -errno with one line said */
int sockets_open(struct sockets *s);
void sockets_close(struct sockets *s);
/* A map of sockets whose keys are numbers: a sockmap, or a sockhash with keys of 4 bytes */
bool sockets_fit(const struct bpf_map *map);
/* Puts the sockets into that map, at all keys that are free; 0 or -errno */
int sockets_offer(const struct sockets *s, const struct bpf_map *map);
/* From now on this program has the messages; 0, or -errno with one line said */
int sockets_attach(struct sockets *s, int prog_fd);
/* One message: where it comes out, or -errno */
int sockets_try(struct sockets *s, const struct message *m);
/*
 * Sends n messages that all come out there, and reads them; bytes: how many have. Nanoseconds, or
 * -errno: -ETIMEDOUT if they have not come.
 */
double sockets_run(struct sockets *s, const struct message *m, size_t n, enum outcome out,
		   uint64_t *bytes);
/* What has come out elsewhere meanwhile, bytes */
uint64_t sockets_stray(struct sockets *s);

#endif /* HOOKCOST_PROG_SOCKETS_H */
