/* SPDX-License-Identifier: GPL-2.0-only */
/* A UDP socket in netns B that reads what arrives in bursts */
#ifndef HOOKCOST_READER_H
#define HOOKCOST_READER_H

#include <stddef.h>
#include <stdint.h>
#include "net/net.h"

struct reader {
	int fd;
	/* what messages begin with; each one's length is checked, one of each 64 read */
	const uint8_t *expected;
	size_t len;
	uint64_t read, wrong_length, wrong_bytes;
};

/*
 * At the port that net_frame() sends to, with room for so many bytes. Pushes its
 * own end on the cleanup stack first. 0, or -errno with err() said.
 */
int reader_open(struct reader *r, const struct net *n, size_t room);
/* The same at another port */
int reader_open_at(struct reader *r, const struct net *n, uint16_t port, size_t room);
/*
 * Reads so many messages, waits for them; -EINTR; -ETIMEDOUT, not said: no more
 * have come for a while, and those that have are in r->read
 */
int reader_read(struct reader *r, uint64_t messages);
/* Messages that the socket has dropped so far; 0 or -errno with err() said */
int reader_drops(const struct reader *r, uint64_t *drops);

#endif /* HOOKCOST_READER_H */
