// SPDX-License-Identifier: GPL-2.0-only
/* A UDP echo server in the test network's far end: at a hook, or in user space */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/echo/echo.h"
#include "core/run.h"
#include "hook/hook.h"
#include "net/device.h"
#include "net/xdp.h"
#include "echo.skel.h"

#define READY_SECONDS 10

static int echo_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("echo server: cannot %s: %s", what, strerror(-ret));
	return ret;
}

static void echo_end(void *arg)
{
	struct echo *e = arg;

	bpf_link__destroy(e->peer);
	e->peer = NULL;
	if (e->bpf)
		hook_detach(&e->hook);
	if (e->hook.sock >= 0)
		close(e->hook.sock);
	e->hook.sock = -1;
	if (e->hook.ops->end && e->echoed)
		munmap(e->echoed, sizeof(*e->echoed));
	e->echoed = NULL;
	echo_bpf__destroy(e->bpf);
	e->bpf = NULL;
}

static int server_socket(const struct net *n)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(ECHO_PORT),
		.sin_addr = n->b.addr,
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return echo_fail("open a socket");
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		int ret = echo_fail("have UDP port 11111");

		close(fd);
		return ret;
	}
	return fd;
}

/* The server's process; until it is killed */
static int serve(void *arg)
{
	const struct echo *e = arg;
	static unsigned char data[65536];
	int fd = server_socket(e->net);

	while (fd >= 0) {
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &len);

		if (n < 0)
			return -echo_fail("receive");
		if (n >= ECHO_FLAGS_END)
			data[ECHO_FLAGS_AT + 1] &= ~ECHO_REQUEST;
		__atomic_add_fetch(e->echoed, 1, __ATOMIC_RELAXED);
		if (sendto(fd, data, n, 0, (struct sockaddr *)&from, len) != n)
			return -echo_fail("send");
	}
	return 1;
}

static int start_socket(struct echo *e)
{
	const struct tool_setup setup = { .end = &e->net->b };
	int ret;

	e->echoed = mmap(NULL, sizeof(*e->echoed), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (e->echoed == MAP_FAILED) {
		e->echoed = NULL;
		return echo_fail("share a counter");
	}
	ret = tool_fork(&e->server, &setup, "echo server", serve, e);
	return ret ?: tool_await_port(&e->server, "udp", ECHO_PORT, READY_SECONDS);
}

static int load(struct echo *e)
{
	struct bpf_program *prog;

	e->bpf = echo_bpf__open();
	if (!e->bpf)
		return echo_fail("open echo.bpf.o");
	e->hook.prog = hook_program(e->bpf->obj, "echo", e->hook.ops);
	e->hook.socks = e->bpf->maps.socks;
	bpf_object__for_each_program(prog, e->bpf->obj)
		bpf_program__set_autoload(prog, prog == e->hook.prog);
	bpf_program__set_autoload(e->bpf->progs.echo_peer, e->hook.ops->in_driver);
	bpf_program__set_expected_attach_type(e->bpf->progs.echo_tc, BPF_TCX_INGRESS);
	e->bpf->bss->addr = e->net->b.addr.s_addr;
	e->bpf->bss->ifindex = e->net->b.ifindex;
	if (echo_bpf__load(e->bpf))
		return echo_fail("load its program");
	e->echoed = (uint64_t *)&e->bpf->bss->echoed;
	return 0;
}

static int connect_client(const struct echo *e)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(ECHO_CLIENT_PORT),
		.sin_addr = e->net->a.addr,
	};

	if (connect(e->hook.sock, (const struct sockaddr *)&addr, sizeof(addr)))
		return echo_fail("connect");
	return 0;
}

/* In the far end's namespace, for the sockmap */
static int connected_socket(struct echo *e)
{
	int ret = net_enter(&e->net->b), left;

	if (ret)
		return ret;
	e->hook.sock = server_socket(e->net);
	ret = e->hook.sock < 0 ? e->hook.sock : connect_client(e);
	left = net_leave(e->net);
	return ret ?: left;
}

/* Some netdevs take a frame that XDP sends back only with a program there, too */
static int start_peer(struct echo *e)
{
	if (!e->hook.ops->in_driver || !e->net->dev->ops->peer_program)
		return 0;
	e->peer = attach_xdp_at(e->net, &e->net->a, e->bpf->progs.echo_peer);
	return e->peer ? 0 : -EIO;
}

size_t echo_hooks(const struct hook_ops *list[HOOKS])
{
	struct echo_bpf *b = echo_bpf__open();
	size_t i, n = 0;

	for (i = HOOKS; b && i--;)
		if (all_hooks[i]->end || hook_has(b->obj, "echo", all_hooks[i]))
			list[n++] = all_hooks[i];
	echo_bpf__destroy(b);
	return n;
}

int echo_start(struct echo *e, const struct hook_ops *ops, const struct net *n)
{
	int ret;

	memset(e, 0, sizeof(*e));
	e->net = n;
	e->hook = (struct hook){ .ops = ops, .net = n, .sock = -1 };
	ret = cleanup_push(echo_end, e);
	if (ret)
		return ret;
	if (ops->end)
		return start_socket(e);
	ret = load(e);
	if (!ret && hook_on_sockets(ops))
		ret = connected_socket(e);
	return ret ?: hook_attach(&e->hook) ?: start_peer(e);
}

struct tool *echo_server(struct echo *e)
{
	return e->hook.ops->end ? &e->server : NULL;
}

uint64_t echo_count(const struct echo *e)
{
	return e->echoed ? __atomic_load_n(e->echoed, __ATOMIC_RELAXED) : 0;
}
