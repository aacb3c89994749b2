// SPDX-License-Identifier: GPL-2.0-only
/* A UDP socket in netns B that reads what arrives in bursts */
#include <errno.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/run.h"
#include "net/foreign.h"
#include "traffic/reader.h"

#define AT_ONCE		64		/* messages by one system call */
#define MESSAGE_MAX	2048
#define PATIENCE_US	500000

static int fail(const char *what)
{
	int ret = -errno;

	err("reader: cannot %s: %s", what, strerror(-ret));
	return ret;
}

static void reader_close(void *arg)
{
	struct reader *r = arg;

	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

static int bind_socket(struct reader *r, const struct net *n, uint16_t port, size_t room)
{
	const struct timeval patience = { .tv_usec = PATIENCE_US };
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = n->b.addr,
	};
	/* the kernel doubles it, for what it needs beside the data */
	int half = room / 2;

	r->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r->fd < 0)
		return fail("open a socket");
	if (setsockopt(r->fd, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof(half)))
		return fail("enlarge the socket's buffer");
	if (setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return fail("set a time limit");
	if (bind(r->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fail("bind a socket");
	return 0;
}

int reader_open_at(struct reader *r, const struct net *n, uint16_t port, size_t room)
{
	int ret;

	memset(r, 0, sizeof(*r));
	r->fd = -1;
	ret = cleanup_push(reader_close, r) ?: net_enter(&n->b);
	if (ret)
		return ret;
	ret = bind_socket(r, n, port, room);
	foreign_sockets();
	return net_leave(n) ?: ret;
}

int reader_open(struct reader *r, const struct net *n, size_t room)
{
	return reader_open_at(r, n, NET_PORT, room);
}

static void check(struct reader *r, const struct mmsghdr *msg, int n)
{
	const uint8_t *data = msg->msg_hdr.msg_iov->iov_base;
	int i;

	for (i = 0; i < n; i++)
		r->wrong_length += msg[i].msg_len != r->len;
	r->wrong_bytes += msg->msg_len != r->len || memcmp(data, r->expected, r->len);
}

int reader_read(struct reader *r, uint64_t messages)
{
	static uint8_t data[AT_ONCE][MESSAGE_MAX];
	struct mmsghdr msg[AT_ONCE] = {};
	struct iovec iov[AT_ONCE];
	int i, n;

	for (i = 0; i < AT_ONCE; i++) {
		iov[i] = (struct iovec){ data[i], sizeof(data[i]) };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (; messages; messages -= n) {
		n = recvmmsg(r->fd, msg, messages < AT_ONCE ? messages : AT_ONCE, MSG_WAITFORONE,
			     NULL);
		if (n <= 0 && interrupted())
			return -EINTR;
		if (n < 0 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n <= 0)
			return errno == EAGAIN ? -ETIMEDOUT : fail("read");
		r->read += n;
		if (r->expected)
			check(r, msg, n);
	}
	return 0;
}

int reader_drops(const struct reader *r, uint64_t *drops)
{
	uint32_t info[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(info);

	if (getsockopt(r->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return fail("ask for the socket's drops");
	*drops = info[SK_MEMINFO_DROPS];
	return 0;
}
