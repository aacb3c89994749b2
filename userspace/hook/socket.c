// SPDX-License-Identifier: GPL-2.0-only
/* A socket: where packets go without a program, or one is the socket's filter */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hook/hook.h"

static int socket_least(struct hook *h)
{
	return 0;
}

static int socket_attach(struct hook *h, char *why, size_t len)
{
	int fd;

	if (!h->prog)
		return 0;
	fd = bpf_program__fd(h->prog);
	return setsockopt(h->sock, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)) ?
	       hook_fail("attach a filter to a socket", why, len) : 0;
}

static void socket_detach(struct hook *h)
{
	int zero = 0;

	if (h->prog)
		setsockopt(h->sock, SOL_SOCKET, SO_DETACH_BPF, &zero, sizeof(zero));
}

static const struct hook_reach reach = {
	.table = { "udp", "tcp" },
	.traffic = { TRAFFIC_UDP_WAKE, TRAFFIC_TCP_WAKE },
	.per_message = true,
	.least = socket_least,
};

const struct hook_ops hook_socket = {
	.name = "socket",
	.label = "Socket",
	.place = "socket",
	.place_label = "socket",
	.paper = "Socket",
	.suffix = "socket",
	.end = true,
	.reach = &reach,
	.attach = socket_attach,
	.detach = socket_detach,
	.needs = hook_needs_nothing,
};
