/* SPDX-License-Identifier: GPL-2.0-only */
/* A UDP echo server in the test network's far end: at a hook, or in user space */
#ifndef HOOKCOST_ECHO_H
#define HOOKCOST_ECHO_H

#include <bpf/libbpf.h>
#include <stddef.h>
#include <stdint.h>
#include "hook/hook.h"
#include "net/net.h"
#include "net/tool.h"
#include "echo.bpf.h"

/* A socket in a sockmap answers to whom it is connected, so the client's port is fixed */
#define ECHO_CLIENT_PORT	22222

struct echo {
	const struct net *net;
	struct hook hook;
	struct echo_bpf *bpf;
	struct bpf_link *peer;
	struct tool server;		/* a socket's process: recvfrom(), sendto() */
	uint64_t *echoed;		/* by the process, or the program; NULL: none yet */
};

/* The hooks where it can be, from user space down; how many */
size_t echo_hooks(const struct hook_ops *list[HOOKS]);
/* What it sets up it pushes on the cleanup stack first. 0, or -errno with err() said. */
int echo_start(struct echo *e, const struct hook_ops *ops, const struct net *n);
/* The process that must not end, or NULL */
struct tool *echo_server(struct echo *e);
/* Requests that it has answered so far */
uint64_t echo_count(const struct echo *e);

/*
 * Sends datagrams of many lengths and looks at each answer, in the socket and as a
 * frame: addresses, ports, both checksums, every byte. *n: how many were right.
 * -EBADMSG with a reason: one was not; -EINTR, or -errno with err() said.
 */
int echo_check(const struct net *n, unsigned int *right, char *why, size_t len);

#endif /* HOOKCOST_ECHO_H */
