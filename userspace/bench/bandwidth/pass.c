// SPDX-License-Identifier: GPL-2.0-only
/* A program that passes everything and counts, at a hook of the test network's far end */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "bench/bandwidth/pass.h"
#include "core/run.h"
#include "hook/hook.h"
#include "pass.skel.h"

static int pass_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("cannot %s: %s", what, strerror(-ret));
	return ret;
}

size_t pass_hooks(const struct hook_ops *list[HOOKS])
{
	struct pass_bpf *b = pass_bpf__open();
	size_t i, n = 0;

	for (i = 0; b && i < HOOKS; i++)
		if (hook_has(b->obj, "pass", all_hooks[i]))
			list[n++] = all_hooks[i];
	pass_bpf__destroy(b);
	return n;
}

static void pass_end(void *arg)
{
	struct pass *p = arg;

	bpf_link__destroy(p->join);
	p->join = NULL;
	if (p->bpf)
		hook_detach(&p->hook);
	pass_bpf__destroy(p->bpf);
	p->bpf = NULL;
}

static int load(struct pass *p, unsigned int port)
{
	struct pass_bpf *b = pass_bpf__open();
	struct bpf_program *prog;

	if (!b)
		return pass_fail("open pass.bpf.o");
	p->bpf = b;
	p->hook.prog = hook_program(b->obj, "pass", p->hook.ops);
	p->hook.socks = b->maps.socks;
	bpf_object__for_each_program(prog, b->obj)
		bpf_program__set_autoload(prog, prog == p->hook.prog);
	bpf_program__set_autoload(b->progs.pass_join, hook_on_sockets(p->hook.ops));
	bpf_program__set_expected_attach_type(b->progs.pass_tc, BPF_TCX_INGRESS);
	b->bss->port = port;
	return pass_bpf__load(b) ? pass_fail("load a program that passes") : 0;
}

static int join(struct pass *p, int cgroup)
{
	p->join = bpf_program__attach_cgroup(p->bpf->progs.pass_join, cgroup);
	return p->join ? 0 : pass_fail("attach a sock_ops program to the server's cgroup");
}

int pass_start(struct pass *p, const struct hook_ops *ops, const struct net *n, int cgroup,
	       unsigned int port)
{
	int ret;

	memset(p, 0, sizeof(*p));
	p->hook = (struct hook){ .ops = ops, .net = n, .sock = -1, .stream = true };
	ret = cleanup_push(pass_end, p);
	if (ret || !ops)
		return ret;
	ret = load(p, port) ?: hook_attach(&p->hook);
	return ret || !hook_on_sockets(ops) ? ret : join(p, cgroup);
}

void pass_count(const struct pass *p, struct pass_count *c)
{
	memset(c, 0, sizeof(*c));
	if (!p->bpf)
		return;
	c->packets = __atomic_load_n(&p->bpf->bss->packets, __ATOMIC_RELAXED);
	c->bytes = __atomic_load_n(&p->bpf->bss->bytes, __ATOMIC_RELAXED);
	c->joined = p->bpf->bss->joined - p->bpf->bss->refused;
}
