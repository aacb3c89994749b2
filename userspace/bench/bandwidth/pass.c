// SPDX-License-Identifier: GPL-2.0-only
/* A program that passes everything and counts, at a hook of the test network's far end */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "bench/bandwidth/pass.h"
#include "core/run.h"
#include "hook/attach.h"
#include "pass.skel.h"

static int pass_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("cannot %s: %s", what, strerror(-ret));
	return ret;
}

static void pass_end(void *arg)
{
	struct pass *p = arg;

	bpf_link__destroy(p->link);
	p->link = NULL;
	/* the sockmap's program is detached with the map */
	pass_bpf__destroy(p->bpf);
	p->bpf = NULL;
}

static int load(struct pass *p, unsigned int port)
{
	struct pass_bpf *b = pass_bpf__open();

	if (!b)
		return pass_fail("open pass.bpf.o");
	p->bpf = b;
	bpf_program__set_autoload(b->progs.pass_xdp, p->place == PASS_XDP);
	bpf_program__set_autoload(b->progs.pass_tc, p->place == PASS_TC);
	bpf_program__set_autoload(b->progs.pass_sk_skb, p->place == PASS_SK_SKB);
	bpf_program__set_autoload(b->progs.pass_join, p->place == PASS_SK_SKB);
	bpf_program__set_expected_attach_type(b->progs.pass_tc, BPF_TCX_INGRESS);
	b->bss->port = port;
	return pass_bpf__load(b) ? pass_fail("load a program that passes") : 0;
}

static int start_sk_skb(struct pass *p, int cgroup)
{
	const struct pass_bpf *b = p->bpf;

	if (bpf_prog_attach(bpf_program__fd(b->progs.pass_sk_skb),
			    bpf_map__fd(b->maps.socks), BPF_SK_SKB_STREAM_VERDICT, 0))
		return pass_fail("attach an SK_SKB program");
	p->link = bpf_program__attach_cgroup(b->progs.pass_join, cgroup);
	return p->link ? 0 : pass_fail("attach a sock_ops program to the server's cgroup");
}

int pass_start(struct pass *p, enum pass_place place, const struct net *n, int cgroup,
	       unsigned int port)
{
	int ret;

	memset(p, 0, sizeof(*p));
	p->place = place;
	ret = cleanup_push(pass_end, p);
	if (ret || place == PASS_NONE)
		return ret;
	ret = load(p, port);
	if (ret)
		return ret;
	if (place == PASS_SK_SKB)
		return start_sk_skb(p, cgroup);
	p->link = place == PASS_XDP ? attach_xdp(n, p->bpf->progs.pass_xdp) :
				      attach_tcx(n, p->bpf->progs.pass_tc);
	return p->link ? 0 : -EIO;
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
