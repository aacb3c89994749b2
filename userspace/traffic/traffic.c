// SPDX-License-Identifier: GPL-2.0-only
/* Messages of 64 bytes from a client in netns A, or on another machine, to a server in netns B */
#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "net/device.h"
#include "net/foreign.h"
#include "traffic/traffic_priv.h"

#define TRAFFIC_TIMEOUT_S	2
#define SETTLE_TRIES		500
#define SETTLE_US		1000
#define YIELDS			1000
#define POLL_MS			10
#define AGAIN_S			0.3	/* once it has been waited for in vain */

const char *traffic_name(enum traffic_kind kind)
{
	static const char *const name[] = {
		[TRAFFIC_UDP_BURST] = "bursts of 32",
		[TRAFFIC_TCP_BURST] = "bursts of 32",
		[TRAFFIC_UDP_WAKE] = "one by one",
		[TRAFFIC_TCP_WAKE] = "one by one",
		[TRAFFIC_UDP_POLL] = "one by one",
	};

	return name[kind];
}

static bool traffic_is_tcp(const struct traffic *t)
{
	return t->kind == TRAFFIC_TCP_BURST || t->kind == TRAFFIC_TCP_WAKE;
}

bool traffic_is_burst(const struct traffic *t)
{
	return !t->remote && (t->kind == TRAFFIC_UDP_BURST ||
			       t->kind == TRAFFIC_TCP_BURST);
}

static int sock_fail(const char *what)
{
	int ret = -errno;

	err("traffic: cannot %s: %s", what, strerror(-ret));
	return ret;
}

static struct sockaddr_in sock_addr(const struct net_end *e, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = e->addr,
	};
}

/* A bound socket in the end's namespace */
static int sock_new(const struct net_end *e, bool tcp, uint16_t port)
{
	const struct linger abort = { .l_onoff = 1 };
	struct sockaddr_in addr = sock_addr(e, port);
	int fd, ret, one = 1;

	ret = net_enter(e);
	if (ret)
		return ret;
	fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return sock_fail("open a socket");
	/* the connections of the last row's listener */
	if (tcp && port)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* closed by a reset: no FIN or TIME_WAIT strays into the next row */
	if (tcp)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		ret = sock_fail("bind a socket");
		close(fd);
		return ret;
	}
	return fd;
}

static int sock_connect(int fd, const struct net_end *to)
{
	struct sockaddr_in addr = sock_addr(to, TRAFFIC_PORT);

	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return sock_fail("connect");
	return 0;
}

static int tcp_pair(struct traffic *t, const struct net *n)
{
	int listener, ret;

	listener = sock_new(&n->b, true, TRAFFIC_PORT);
	if (listener < 0)
		return listener;
	ret = listen(listener, 1) ? sock_fail("listen") : 0;
	if (!ret) {
		t->client = sock_new(&n->a, true, 0);
		ret = t->client < 0 ? t->client : sock_connect(t->client, &n->b);
	}
	if (!ret) {
		t->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		ret = t->server < 0 ? sock_fail("accept") : 0;
	}
	close(listener);
	return ret;
}

/* A message or a connection is there; -ENODATA: not in time */
static int await_remote(struct traffic *t, int fd, double limit)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int ret;

	do {
		if (interrupted())
			return -EINTR;
		progress(traffic_is_tcp(t) ? "waiting for TCP messages from the other machine" :
			 "waiting for UDP messages from the other machine", 0, 0);
		ret = poll(&p, 1, POLL_MS);
	} while (ret <= 0 && now_ns() < limit);
	t->silent = ret <= 0;
	return t->silent ? -ENODATA : 0;
}

static double wait_limit(const struct traffic *t)
{
	return now_ns() + 1e9 * (t->silent ? AGAIN_S : t->remote->wait);
}

static int tcp_remote(struct traffic *t, const struct net *n)
{
	int listener = sock_new(&n->b, true, TRAFFIC_PORT), ret;

	if (listener < 0)
		return listener;
	ret = listen(listener, 1) ? sock_fail("listen") : 0;
	ret = ret ?: await_remote(t, listener, wait_limit(t));
	if (!ret) {
		t->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		ret = t->server < 0 ? sock_fail("accept") : 0;
	}
	close(listener);
	return ret;
}

static int open_remote(struct traffic *t, const struct net *n)
{
	if (traffic_is_tcp(t))
		return tcp_remote(t, n);
	t->server = sock_new(&n->b, false, TRAFFIC_PORT);
	return t->server < 0 ? t->server : 0;
}

static int udp_pair(struct traffic *t, const struct net *n)
{
	int ret;

	t->server = sock_new(&n->b, false, TRAFFIC_PORT);
	if (t->server < 0)
		return t->server;
	t->client = sock_new(&n->a, false, TRAFFIC_PORT);
	if (t->client < 0)
		return t->client;
	ret = sock_connect(t->client, &n->b);
	return ret ?: sock_connect(t->server, &n->a);
}

static void traffic_close(void *arg)
{
	struct traffic *t = arg;

	traffic_stop(t);
	if (t->client >= 0)
		close(t->client);
	if (t->server >= 0)
		close(t->server);
	t->client = -1;
	t->server = -1;
}

static int sock_limits(const struct traffic *t)
{
	struct timeval limit = { .tv_sec = TRAFFIC_TIMEOUT_S };
	int one = 1;

	if (t->remote)
		return 0;
	if (traffic_is_tcp(t) &&
	    (setsockopt(t->client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	     setsockopt(t->server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one))))
		return sock_fail("set TCP_NODELAY");
	/* a sleeping server has no limit: the timer would be part of its wake-up */
	if (traffic_is_burst(t) &&
	    setsockopt(t->server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		return sock_fail("set a time limit");
	return 0;
}

int traffic_open(struct traffic *t, const struct net *n, enum traffic_kind kind)
{
	bool silent = t->silent;
	int ret;

	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->silent = silent;
	t->remote = n->dev->ops->remote ? n->dev : NULL;
	t->client = -1;
	t->server = -1;
	ret = cleanup_push(traffic_close, t);
	if (ret)
		return ret;
	if (t->remote)
		ret = open_remote(t, n);
	else
		ret = traffic_is_tcp(t) ? tcp_pair(t, n) : udp_pair(t, n);
	if (!ret)
		ret = sock_limits(t);
	foreign_sockets();
	return net_leave(n) ?: ret;
}

static int traffic_lost(void)
{
	if (interrupted())
		return -EINTR;
	return errno == EAGAIN || errno == EINTR ? -ETIMEDOUT : -errno;
}

static int read_datagrams(const struct traffic *t, int count)
{
	static char data[TRAFFIC_BURST][TRAFFIC_BYTES];
	struct mmsghdr msg[TRAFFIC_BURST] = {};
	struct iovec iov[TRAFFIC_BURST];
	int i, n;

	for (i = 0; i < count; i++) {
		iov[i] = (struct iovec){ data[i], TRAFFIC_BYTES };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (; count; count -= n) {
		n = recvmmsg(t->server, msg, count, MSG_WAITFORONE, NULL);
		if (n <= 0)
			return traffic_lost();
	}
	return 0;
}

static int read_stream(const struct traffic *t, int count)
{
	char buf[TRAFFIC_BURST * TRAFFIC_BYTES];
	ssize_t n, left;

	for (left = count * TRAFFIC_BYTES; left; left -= n) {
		n = recv(t->server, buf, left, MSG_WAITALL);
		if (n <= 0)
			return n ? traffic_lost() : -ECONNRESET;
	}
	return 0;
}

static int run_burst(const struct traffic *t, uint64_t messages)
{
	static char data[TRAFFIC_BYTES];
	struct mmsghdr msg[TRAFFIC_BURST] = {};
	struct iovec iov = { data, sizeof(data) };
	int i, n, ret;

	for (i = 0; i < TRAFFIC_BURST; i++) {
		msg[i].msg_hdr.msg_iov = &iov;
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (; messages && !interrupted(); messages -= n) {
		n = messages < TRAFFIC_BURST ? (int)messages : TRAFFIC_BURST;
		n = sendmmsg(t->client, msg, n, MSG_NOSIGNAL);
		if (n <= 0)
			return traffic_lost();
		ret = traffic_is_tcp(t) ? read_stream(t, n) : read_datagrams(t, n);
		if (ret)
			return ret;
	}
	return interrupted() ? -EINTR : 0;
}

/*
 * The server has read so much. Over veth it has when send() returns; a device
 * with a queue needs the CPU first.
 */
static bool await_read(const struct traffic *t, uint64_t until)
{
	int i;

	for (i = 0; i < YIELDS && traffic_has_read(t) < until; i++)
		sched_yield();
	for (i = 0; i < SETTLE_TRIES && !interrupted() && traffic_has_read(t) < until; i++)
		usleep(SETTLE_US);
	return traffic_has_read(t) >= until;
}

static int run_wake(struct traffic *t, uint64_t messages)
{
	static const char data[TRAFFIC_BYTES];
	uint64_t until = traffic_has_read(t);

	for (; messages && !interrupted(); messages--) {
		if (send(t->client, data, sizeof(data), MSG_NOSIGNAL) < 0)
			return traffic_lost();
		until += TRAFFIC_BYTES;
		if (!await_read(t, until) && !interrupted())
			return -ETIMEDOUT;
	}
	if (interrupted())
		return -EINTR;
	return traffic_has_read(t) == until ? 0 : -ETIMEDOUT;
}

/* The server reads what comes, and this thread only looks how far it is */
static int run_remote(struct traffic *t, uint64_t messages)
{
	uint64_t until = traffic_has_read(t) + messages * TRAFFIC_BYTES, had = traffic_has_read(t);
	double limit = wait_limit(t);

	while (traffic_has_read(t) < until) {
		if (interrupted())
			return -EINTR;
		progress(traffic_is_tcp(t) ? "TCP messages from the other machine" :
			 "UDP messages from the other machine", 0, 0);
		usleep(POLL_MS * 1000);
		if (traffic_has_read(t) > had) {
			had = traffic_has_read(t);
			t->silent = false;
			limit = wait_limit(t);
		} else if (now_ns() > limit) {
			t->silent = true;
			return -ENODATA;
		}
	}
	return 0;
}

int traffic_run(struct traffic *t, uint64_t messages)
{
	if (t->remote)
		return run_remote(t, messages);
	return traffic_is_burst(t) ? run_burst(t, messages) : run_wake(t, messages);
}

static int tcp_unacked(int fd, unsigned int *unacked)
{
	struct tcp_info ti = {};
	socklen_t len = sizeof(ti);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &ti, &len))
		return sock_fail("read TCP_INFO");
	*unacked = ti.tcpi_unacked;
	return 0;
}

int traffic_settle(struct traffic *t)
{
	unsigned int client, server;
	int i, ret;

	if (!traffic_is_tcp(t) || t->remote)
		return 0;
	for (i = 0; i < SETTLE_TRIES && !interrupted(); i++) {
		ret = tcp_unacked(t->client, &client) ?: tcp_unacked(t->server, &server);
		if (ret)
			return ret;
		if (!client && !server)
			return 0;
		usleep(SETTLE_US);
	}
	if (interrupted())
		return -EINTR;
	err("traffic: a TCP segment is still not acknowledged after %d ms",
	    SETTLE_TRIES * SETTLE_US / 1000);
	return -ETIMEDOUT;
}

int traffic_segments(const struct traffic *t, uint64_t *sent)
{
	struct tcp_info ti = {};
	socklen_t len = sizeof(ti);

	if (!traffic_is_tcp(t) || t->remote)
		return -EOPNOTSUPP;
	if (getsockopt(t->client, IPPROTO_TCP, TCP_INFO, &ti, &len))
		return sock_fail("read TCP_INFO");
	*sent = ti.tcpi_segs_out;
	return 0;
}
