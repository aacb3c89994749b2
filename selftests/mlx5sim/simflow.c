// SPDX-License-Identifier: GPL-2.0-only
/* Streams and datagrams from netns a to netns b */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest.h"
#include "simflow.h"

#define PORT		4712
#define CHUNK		(64 * 1024)
#define SEED		0x9e3779b97f4a7c15
#define WAIT_S		30
/* A busy machine may take its CPU away for a while */
#define QUIET_MS	2000
#define MORE_MS		200
#define BURST		32
#define AHEAD		256
#define GRAM_MIN	26
#define GRAM_MAX	1400
#define GRAM_CUT	1001	/* odd, for the checksums */

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t parse(union address *addr, const char *text)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET6, text, &addr->in6.sin6_addr) == 1) {
		addr->in6.sin6_family = AF_INET6;
		addr->in6.sin6_port = htons(PORT);
		return sizeof(addr->in6);
	}
	inet_pton(AF_INET, text, &addr->in.sin_addr);
	addr->in.sin_family = AF_INET;
	addr->in.sin_port = htons(PORT);
	return sizeof(addr->in);
}

static int fail(const char *what)
{
	ksft_print_msg("%s: %s\n", what, strerror(errno));
	return -1;
}

/* A socket of netns a, and one of netns b that has the address */
static int make_sockets(const char *to, int type, union address *addr, int *tx, int *rx)
{
	struct timeval wait = { .tv_sec = WAIT_S };
	socklen_t len = parse(addr, to);
	int one = 1, room = 8 << 20;

	hc_enter(sim.net.a);
	*tx = socket(addr->sa.sa_family, type | SOCK_CLOEXEC, 0);
	hc_enter(sim.net.b);
	*rx = socket(addr->sa.sa_family, type | SOCK_CLOEXEC, 0);
	hc_enter(sim.net.home);
	if (*tx < 0 || *rx < 0 || setsockopt(*rx, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    setsockopt(*rx, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(*rx, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(*tx, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) ||
	    bind(*rx, &addr->sa, len))
		return fail("cannot make sockets");
	return 0;
}

static void close_both(int *tx, int *rx)
{
	if (*tx >= 0)
		close(*tx);
	if (*rx >= 0)
		close(*rx);
	*tx = -1;
	*rx = -1;
}

static uint64_t next_random(uint64_t x)
{
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* What a stream is made of, chunk by chunk, from SEED on */
static void next_chunk(uint64_t *chunk, uint64_t *x)
{
	size_t i;

	for (i = 0; i < CHUNK / sizeof(*chunk); i++) {
		*x = next_random(*x);
		chunk[i] = *x;
	}
}

struct sender {
	struct flow_stream *s;
	int sock;
	int err;
};

static void *send_stream(void *arg)
{
	static uint64_t chunk[CHUNK / sizeof(uint64_t)];
	struct sender *sender = arg;
	size_t left = sender->s->bytes;
	uint64_t x = SEED;

	while (left) {
		size_t n = left < CHUNK ? left : CHUNK, done = 0;

		next_chunk(chunk, &x);
		while (done < n) {
			ssize_t sent = send(sender->sock, (char *)chunk + done, n - done,
					    MSG_NOSIGNAL);

			if (sent <= 0) {
				sender->err = errno;
				goto out;
			}
			done += sent;
		}
		left -= n;
	}
out:
	shutdown(sender->sock, SHUT_WR);
	return NULL;
}

static int receive_stream(struct flow_stream *s, int sock)
{
	static uint64_t want[CHUNK / sizeof(uint64_t)];
	static char chunk[CHUNK];
	uint64_t x = SEED;
	size_t got = 0;
	ssize_t n, done;

	while ((n = recv(sock, chunk, sizeof(chunk), 0)) > 0) {
		for (done = 0; done < n;) {
			size_t at = got % CHUNK, len = n - done;

			if (!at)
				next_chunk(want, &x);
			if (len > CHUNK - at)
				len = CHUNK - at;
			if (s->right == got && !memcmp(chunk + done, (char *)want + at, len))
				s->right += len;
			got += len;
			done += len;
		}
	}
	s->bytes = got;
	return n ? fail("cannot receive") : 0;
}

int flow_stream(struct flow_stream *s)
{
	struct timeval wait = { .tv_sec = WAIT_S };
	size_t bytes = s->bytes;
	struct sender sender = { .s = s };
	int tx, rx, conn, ret = -1;
	union address addr;
	pthread_t thread;

	s->right = 0;
	if (make_sockets(s->to, SOCK_STREAM, &addr, &tx, &rx))
		goto out;
	if (listen(rx, 1) || connect(tx, &addr.sa, sizeof(addr))) {
		fail("cannot connect");
		goto out;
	}
	conn = accept4(rx, NULL, NULL, SOCK_CLOEXEC);
	if (conn < 0 || setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait))) {
		fail("cannot accept");
		goto out;
	}
	sender.sock = tx;
	if (pthread_create(&thread, NULL, send_stream, &sender)) {
		ksft_print_msg("cannot make a thread\n");
	} else {
		ret = receive_stream(s, conn);
		if (ret)
			shutdown(tx, SHUT_RDWR);
		pthread_join(thread, NULL);
		if (sender.err) {
			ksft_print_msg("cannot send: %s\n", strerror(sender.err));
			ret = -1;
		}
	}
	close(conn);
	if (!ret && s->bytes != bytes) {
		ksft_print_msg("%zu bytes received, not %zu\n", s->bytes, bytes);
		ret = -1;
	}
out:
	s->bytes = bytes;
	close_both(&tx, &rx);
	return ret;
}

int flow_grams_open(struct flow_grams *g, const char *to)
{
	union address addr;
	int off = 0;

	*g = (struct flow_grams){ .tx = -1, .rx = -1, .last = -1 };
	if (make_sockets(to, SOCK_DGRAM, &addr, &g->tx, &g->rx))
		return -1;
	/* with a checksum, as it is the default */
	if (setsockopt(g->tx, SOL_SOCKET, SO_NO_CHECK, &off, sizeof(off)) ||
	    connect(g->tx, &addr.sa, sizeof(addr)))
		return fail("cannot connect");
	return 0;
}

void flow_grams_close(struct flow_grams *g)
{
	close_both(&g->tx, &g->rx);
}

static size_t gram_len(uint32_t number)
{
	return GRAM_MIN + number * 37 % (GRAM_MAX - GRAM_MIN);
}

static void fill_gram(uint8_t *gram, uint32_t number, size_t len)
{
	size_t i;

	memcpy(gram, &number, sizeof(number));
	for (i = sizeof(number); i < len; i++)
		gram[i] = number + i * 7;
}

static bool receive_gram(struct flow_grams *g, int ms)
{
	struct pollfd p = { .fd = g->rx, .events = POLLIN };
	uint8_t gram[GRAM_MAX + 1], want[GRAM_MAX];
	uint32_t number;
	size_t len;
	ssize_t n;

	if (ms && poll(&p, 1, ms) != 1)
		return false;
	n = recv(g->rx, gram, sizeof(gram), MSG_DONTWAIT);
	if (n < 0)
		return false;
	g->received++;
	memcpy(&number, gram, sizeof(number));
	len = g->cut ? GRAM_CUT : gram_len(number);
	if (n < GRAM_MIN || number >= g->sent || (size_t)n != len) {
		g->wrong++;
		return true;
	}
	fill_gram(want, number, len);
	if (memcmp(gram, want, len)) {
		g->wrong++;
		return true;
	}
	g->twice += number == g->last;
	g->backward += number < g->last;
	if (number > g->last)
		g->last = number;
	return true;
}

/* Neither the wire nor a queue waits for who is slow: do not get far ahead of what comes */
static void keep_up(struct flow_grams *g)
{
	while (receive_gram(g, 0))
		;
	while (g->sent - g->last > AHEAD && receive_gram(g, QUIET_MS))
		;
}

int flow_grams_send(struct flow_grams *g, unsigned int n)
{
	uint8_t gram[GRAM_MAX];
	unsigned int i;

	for (i = 0; i < n; i++) {
		size_t len = gram_len(g->sent);

		fill_gram(gram, g->sent, len);
		if (send(g->tx, gram, len, 0) != (ssize_t)len)
			return fail("cannot send");
		g->sent++;
		if (g->sent % BURST == 0)
			keep_up(g);
	}
	return 0;
}

int flow_grams_send_cut(struct flow_grams *g, unsigned int n)
{
	static uint8_t grams[65536];
	int len = GRAM_CUT;
	unsigned int i;

	if (!g->cut && setsockopt(g->tx, IPPROTO_UDP, UDP_SEGMENT, &len, sizeof(len)))
		return fail("UDP_SEGMENT");
	g->cut = true;
	for (i = 0; i < n; i++)
		fill_gram(grams + i * GRAM_CUT, g->sent++, GRAM_CUT);
	if (send(g->tx, grams, n * GRAM_CUT, 0) != (ssize_t)(n * GRAM_CUT))
		return fail("cannot send");
	keep_up(g);
	return 0;
}

void flow_grams_drain(struct flow_grams *g, unsigned int want)
{
	while (g->received < want && receive_gram(g, QUIET_MS))
		;
}

void flow_grams_more(struct flow_grams *g)
{
	while (receive_gram(g, MORE_MS))
		;
}
