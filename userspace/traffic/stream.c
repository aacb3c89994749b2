// SPDX-License-Identifier: GPL-2.0-only
/* A TCP stream from A to B, whose sender is timed */
#include <errno.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "net/device.h"
#include "traffic/stream.h"

#define BYTES		64
#define ROOM		(4 << 20)
#define PATIENCE_S	2
#define OPENING		64	/* bursts in which the window has to open */
#define ACK_TRIES	1000
#define ACK_US		1000

static void stream_close(void *arg)
{
	struct stream *s = arg;

	if (s->tx >= 0)
		close(s->tx);
	if (s->rx >= 0)
		close(s->rx);
	s->tx = -1;
	s->rx = -1;
}

static int set(int sock, int level, int option, int value)
{
	return setsockopt(sock, level, option, &value, sizeof(value)) ? -errno : 0;
}

static int open_socket(const struct net *n, const struct net_end *end, int *sock)
{
	int ret = net_enter(end), err;

	if (ret)
		return ret;
	*sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = *sock < 0 ? -errno : 0;
	return net_leave(n) ?: err;
}

static int connect_ends(struct stream *s, const struct net *n)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = n->b.addr };
	socklen_t len = sizeof(addr);
	int listener = -1, ret;

	ret = open_socket(n, &n->a, &s->tx) ?: open_socket(n, &n->b, &listener);
	if (!ret && (bind(listener, (void *)&addr, len) || listen(listener, 1) ||
		     getsockname(listener, (void *)&addr, &len) ||
		     connect(s->tx, (void *)&addr, len)))
		ret = -errno;
	if (!ret) {
		s->rx = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		ret = s->rx < 0 ? -errno : 0;
	}
	if (listener >= 0)
		close(listener);
	/* a message is sent at once */
	ret = ret ?: set(s->tx, IPPROTO_TCP, TCP_NODELAY, 1) ?:
	      set(s->tx, SOL_SOCKET, SO_SNDBUFFORCE, ROOM) ?:
	      set(s->rx, SOL_SOCKET, SO_RCVBUFFORCE, ROOM);
	if (!ret && (setsockopt(s->rx, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
		     setsockopt(s->tx, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience))))
		ret = -errno;
	return ret;
}

static int ask(const struct stream *s, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	return getsockopt(s->tx, IPPROTO_TCP, TCP_INFO, info, &len) ? -errno : 0;
}

/* Until nothing is under way any more */
static int settle(struct stream *s, struct tcp_info *info)
{
	int i, ret = 0;

	for (i = 0; i < ACK_TRIES && !interrupted(); i++) {
		ret = ask(s, info);
		if (ret || (!info->tcpi_unacked && !info->tcpi_notsent_bytes))
			return ret;
		usleep(ACK_US);
	}
	return interrupted() ? -EINTR : -ETIMEDOUT;
}

/* Not merged with the one before: each ends a record */
static int send_burst(const struct stream *s)
{
	static uint8_t bytes[BYTES];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct mmsghdr msg[STREAM_BURST] = {};
	int i, n;

	for (i = 0; i < STREAM_BURST; i++) {
		msg[i].msg_hdr.msg_iov = &iov;
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	n = sendmmsg(s->tx, msg, STREAM_BURST, MSG_EOR | MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	return n == STREAM_BURST ? 0 : -EAGAIN;
}

static int read_burst(struct stream *s)
{
	static uint8_t bytes[STREAM_BURST * BYTES];
	ssize_t n = recv(s->rx, bytes, sizeof(bytes), MSG_WAITALL);

	if (n < 0)
		return interrupted() ? -EINTR : -errno;
	s->read += n / BYTES;
	return n == sizeof(bytes) ? 0 : -ETIMEDOUT;
}

double stream_burst(struct stream *s)
{
	struct tcp_info before, sent, after;
	double begin, ns;
	int ret = settle(s, &before);

	if (ret)
		return ret;
	begin = now_ns();
	ret = send_burst(s);
	ns = now_ns() - begin;
	ret = ret ?: ask(s, &sent) ?: read_burst(s) ?: settle(s, &after);
	if (ret)
		return ret;
	s->sent += after.tcpi_data_segs_out - before.tcpi_data_segs_out;
	s->again += after.tcpi_total_retrans - before.tcpi_total_retrans;
	if (sent.tcpi_data_segs_out - before.tcpi_data_segs_out != STREAM_BURST ||
	    after.tcpi_total_retrans != before.tcpi_total_retrans)
		return -EAGAIN;
	return ns / STREAM_BURST;
}

int stream_open(struct stream *s, const struct net *n, char *why, size_t len)
{
	double ns = -EAGAIN;
	int ret, i;

	*s = (struct stream){ .tx = -1, .rx = -1 };
	if (n->dev->ops->remote) {
		snprintf(why, len, "nothing is sent over a NIC with another machine behind it");
		return -EOPNOTSUPP;
	}
	ret = cleanup_push(stream_close, s) ?: connect_ends(s, n);
	for (i = 0; i < OPENING && !ret && ns == -EAGAIN; i++) {
		ns = stream_burst(s);
		if (ns < 0 && ns != -EAGAIN)
			ret = (int)ns;
	}
	if (!ret && ns < 0)
		ret = (int)ns;
	if (ret)
		snprintf(why, len, "no TCP stream from A to B: %s", strerror(-ret));
	return ret;
}
