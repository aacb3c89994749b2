// SPDX-License-Identifier: GPL-2.0-only
/* A TCP server that reads and drops what it is sent, in a process of its own */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/run.h"
#include "traffic/sink.h"

#define BACKLOG		128
#define EVENTS		64
#define READY_SECONDS	10

static int sink_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("cannot %s: %s", what, strerror(-ret));
	return ret;
}

static int listener(const struct sink *s)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(s->port),
		.sin_addr = s->net->b.addr,
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return sink_fail("open a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) && !listen(fd, BACKLOG))
		return fd;
	err("cannot listen at TCP port %u: %s", s->port, strerror(errno));
	close(fd);
	return -1;
}

static int watch(int epoll, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) ? sink_fail("wait for data") : 0;
}

static int accept_one(const struct sink *s, int epoll, int from)
{
	int fd = accept4(from, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return errno == EAGAIN || errno == ECONNABORTED ? 0 : sink_fail("accept");
	__atomic_add_fetch(&s->count->accepted, 1, __ATOMIC_RELEASE);
	return watch(epoll, fd);
}

/* As much as one read takes: the others are to have their turn */
static void read_one(const struct sink *s, int fd)
{
	static char data[128 << 10];
	ssize_t n = read(fd, data, sizeof(data));

	if (n > 0) {
		s->count->last = (uint64_t)now_ns();
		if (!s->count->first)
			s->count->first = s->count->last;
		__atomic_add_fetch(&s->count->bytes, n, __ATOMIC_RELAXED);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(fd);
		__atomic_add_fetch(&s->count->closed, 1, __ATOMIC_RELEASE);
	}
}

/* The process; until it is killed */
static int serve(void *arg)
{
	const struct sink *s = arg;
	int from = listener(s), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event[EVENTS];
	int n, i, ret;

	if (from < 0 || epoll < 0)
		return 1;
	ret = watch(epoll, from);
	while (!ret) {
		n = epoll_wait(epoll, event, EVENTS, -1);
		for (i = 0; i < n && !ret; i++) {
			if (event[i].data.fd == from)
				ret = accept_one(s, epoll, from);
			else
				read_one(s, event[i].data.fd);
		}
	}
	return 1;
}

static void sink_end(void *arg)
{
	struct sink *s = arg;

	if (s->count)
		munmap(s->count, sizeof(*s->count));
	s->count = NULL;
}

int sink_start(struct sink *s, const struct net *n, unsigned int port, int cgroup)
{
	const struct tool_setup setup = { .end = &n->b, .cgroup = cgroup };
	void *shared;
	int ret;

	memset(s, 0, sizeof(*s));
	s->net = n;
	s->port = port;
	ret = cleanup_push(sink_end, s);
	if (ret)
		return ret;
	shared = mmap(NULL, sizeof(*s->count), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return sink_fail("share counters");
	s->count = shared;
	return tool_fork(&s->server, &setup, "TCP server", serve, s) ?:
	       tool_await_port(&s->server, "tcp", port, READY_SECONDS);
}

void sink_reset(struct sink *s)
{
	memset(s->count, 0, sizeof(*s->count));
}

void sink_count(const struct sink *s, struct sink_count *c)
{
	/* what is closed has been read, and so this first */
	c->closed = __atomic_load_n(&s->count->closed, __ATOMIC_ACQUIRE);
	c->accepted = __atomic_load_n(&s->count->accepted, __ATOMIC_ACQUIRE);
	c->bytes = __atomic_load_n(&s->count->bytes, __ATOMIC_RELAXED);
	c->first = s->count->first;
	c->last = s->count->last;
}
