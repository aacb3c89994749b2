// SPDX-License-Identifier: GPL-2.0-only
/* The server of messages that come one by one: a thread that sleeps before each */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "traffic/traffic_priv.h"

static void serve_one(struct traffic *t)
{
	struct pollfd p = { .fd = t->server, .events = POLLIN };
	bool polls = t->kind == TRAFFIC_UDP_POLL;
	char buf[TRAFFIC_BYTES];
	ssize_t n;

	for (;;) {
		if (polls)
			poll(&p, 1, -1);
		n = recv(t->server, buf, sizeof(buf), polls ? MSG_DONTWAIT : 0);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return;
		__atomic_add_fetch(&t->read, n, __ATOMIC_RELEASE);
	}
}

/*
 * One at a time as well, and it sleeps before each, but in the kernel: on UML the way back
 * to a process costs more than all the rest. What the call under way has read stands in
 * t->got; when it moves to t->read, nobody sees it twice.
 */
static void serve_many(struct traffic *t)
{
	char data[TRAFFIC_BYTES];
	struct iovec iov = { data, sizeof(data) };
	uint64_t bytes;
	int i, n;

	for (i = 0; i < TRAFFIC_BURST; i++) {
		t->got[i].msg_hdr.msg_iov = &iov;
		t->got[i].msg_hdr.msg_iovlen = 1;
	}
	for (;;) {
		n = recvmmsg(t->server, t->got, TRAFFIC_BURST, 0, NULL);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		for (i = 0, bytes = 0; i < n; i++) {
			bytes += t->got[i].msg_len;
			__atomic_store_n(&t->got[i].msg_len, 0, __ATOMIC_RELEASE);
		}
		if (!bytes)
			return;
		__atomic_add_fetch(&t->read, bytes, __ATOMIC_RELEASE);
	}
}

static void *serve(void *arg)
{
	struct traffic *t = arg;

	__atomic_store_n(&t->tid, gettid(), __ATOMIC_RELEASE);
	/* the main thread may have left it to a NIC's interrupts */
	if (t->remote)
		cpu_pin_thread();
	if (t->kind == TRAFFIC_UDP_POLL || t->remote)
		serve_one(t);
	else
		serve_many(t);
	return NULL;
}

static int serve_start(struct traffic *t)
{
	const struct sched_param prio = { .sched_priority = 1 };
	pthread_attr_t attr;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &prio);
	ret = pthread_create(&t->thread, &attr, serve, t);
	pthread_attr_destroy(&attr);
	return ret;
}

int traffic_start(struct traffic *t)
{
	sigset_t all, old;
	int ret;

	if (traffic_is_burst(t))
		return 0;
	/* Ctrl-C is the main thread's business */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = serve_start(t);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret) {
		err("traffic: cannot start a server with real-time priority: %s", strerror(ret));
		return -ret;
	}
	t->running = true;
	return 0;
}

void traffic_stop(struct traffic *t)
{
	if (!t->running)
		return;
	t->running = false;
	pthread_cancel(t->thread);
	pthread_join(t->thread, NULL);
}

uint64_t traffic_has_read(const struct traffic *t)
{
	uint64_t bytes = __atomic_load_n(&t->read, __ATOMIC_ACQUIRE);
	unsigned int i, len;

	for (i = 0; i < TRAFFIC_BURST; i++) {
		len = __atomic_load_n(&t->got[i].msg_len, __ATOMIC_ACQUIRE);
		if (!len)
			break;
		bytes += len;
	}
	return bytes;
}

uint64_t traffic_messages(const struct traffic *t)
{
	return traffic_has_read(t) / TRAFFIC_BYTES;
}

int traffic_sleeps(const struct traffic *t, uint64_t *sleeps)
{
	static const char key[] = "voluntary_ctxt_switches:";
	pid_t tid = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE);
	char *path, *text, *at;
	int ret = -EOPNOTSUPP;

	if (!t->running || !tid)
		return ret;
	path = xasprintf("/proc/self/task/%d/status", tid);
	text = slurp(path, NULL);
	at = text ? strstr(text, key) : NULL;
	if (at && sscanf(at + strlen(key), "%" SCNu64, sleeps) == 1)
		ret = 0;
	free(text);
	free(path);
	return ret;
}
