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
#include "driver/driver.h"
#include "hook/attach.h"
#include "net/ethtool.h"
#include "echo.skel.h"

#define READY_SECONDS 10

static int echo_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("echo server: cannot %s: %s", what, strerror(-ret));
	return ret;
}

int echo_checksums(const struct net *n)
{
	int ret, left;

	/* hardware, and its model, finish them; a pair of veth is the bench's own */
	if (n->dev->ops != &device_veth)
		return 0;
	ret = net_enter(&n->a) ?: ethtool_set_tx_csum(n->a.name, false) ?:
	      net_enter(&n->b) ?: ethtool_set_tx_csum(n->b.name, false);
	left = net_leave(n);
	return ret ?: left;
}

static void echo_end(void *arg)
{
	struct echo *e = arg;

	bpf_link__destroy(e->link);
	bpf_link__destroy(e->peer);
	e->link = NULL;
	e->peer = NULL;
	/* a socket that is closed leaves its sockmap, whose programs go with it */
	if (e->sock >= 0)
		close(e->sock);
	e->sock = -1;
	if (e->place == ECHO_SOCKET && e->echoed)
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
	e->bpf = echo_bpf__open();
	if (!e->bpf)
		return echo_fail("open echo.bpf.o");
	bpf_program__set_autoload(e->bpf->progs.echo_xdp, e->place == ECHO_XDP);
	bpf_program__set_autoload(e->bpf->progs.echo_peer, e->place == ECHO_XDP);
	bpf_program__set_autoload(e->bpf->progs.echo_tc, e->place == ECHO_TC);
	bpf_program__set_autoload(e->bpf->progs.echo_sk_skb, e->place == ECHO_SK_SKB);
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

	if (connect(e->sock, (const struct sockaddr *)&addr, sizeof(addr)))
		return echo_fail("connect");
	return 0;
}

static int start_sk_skb(struct echo *e)
{
	int fd = bpf_map__fd(e->bpf->maps.socks), ret, left;
	uint32_t key = 0;
	uint64_t value;

	ret = net_enter(&e->net->b);
	if (ret)
		return ret;
	e->sock = server_socket(e->net);
	ret = e->sock < 0 ? e->sock : connect_client(e);
	left = net_leave(e->net);
	if (ret || left)
		return ret ?: left;
	value = e->sock;
	/* the map's programs are detached with the map, when the skeleton goes */
	if (bpf_prog_attach(bpf_program__fd(e->bpf->progs.echo_sk_skb), fd,
			    BPF_SK_SKB_VERDICT, 0))
		return echo_fail("attach an SK_SKB program");
	if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
		return echo_fail("put its socket into the sockmap");
	return 0;
}

static int start_xdp(struct echo *e)
{
	e->link = attach_xdp(e->net, e->bpf->progs.echo_xdp);
	if (!e->link)
		return -EIO;
	if (e->net->dev->ops != &device_veth)
		return 0;
	e->peer = attach_xdp_at(e->net, &e->net->a, e->bpf->progs.echo_peer);
	return e->peer ? 0 : -EIO;
}

static int start_tc(struct echo *e)
{
	e->link = attach_tcx(e->net, e->bpf->progs.echo_tc);
	return e->link ? 0 : -EIO;
}

int echo_start(struct echo *e, enum echo_place place, const struct net *n)
{
	int ret;

	memset(e, 0, sizeof(*e));
	e->place = place;
	e->net = n;
	e->sock = -1;
	ret = cleanup_push(echo_end, e);
	if (ret)
		return ret;
	if (place == ECHO_SOCKET)
		return start_socket(e);
	ret = load(e);
	if (ret)
		return ret;
	switch (place) {
	case ECHO_SK_SKB:
		return start_sk_skb(e);
	case ECHO_TC:
		return start_tc(e);
	default:
		return start_xdp(e);
	}
}

struct tool *echo_server(struct echo *e)
{
	return e->place == ECHO_SOCKET ? &e->server : NULL;
}

uint64_t echo_count(const struct echo *e)
{
	return e->echoed ? __atomic_load_n(e->echoed, __ATOMIC_RELAXED) : 0;
}
