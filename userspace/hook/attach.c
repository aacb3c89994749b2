// SPDX-License-Identifier: GPL-2.0-only
/* A program that returns at once, attached to one hook of the test network's far end */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "core/run.h"
#include "hook/attach.h"
#include "sk_skb.skel.h"
#include "tc.skel.h"
#include "xdp.skel.h"

static struct bpf_tc_hook tc_hook(const struct net *n)
{
	return (struct bpf_tc_hook){
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = n->b.ifindex,
		.attach_point = BPF_TC_INGRESS,
	};
}

static void detach(void *arg)
{
	struct attach *at = arg;
	struct bpf_tc_hook hook = tc_hook(at->net);

	bpf_link__destroy(at->link);
	if (at->clsact) {
		/* both directions: the qdisc itself goes */
		hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		net_enter(&at->net->b);
		bpf_tc_hook_destroy(&hook);
		net_leave(at->net);
	}
	if (at->verdict) {
		int fd = bpf_map__fd(at->sk_skb->maps.socks);
		uint32_t key = 0;

		bpf_map_delete_elem(fd, &key);
		bpf_prog_detach2(bpf_program__fd(at->sk_skb->progs.sk_skb_verdict), fd,
				 BPF_SK_SKB_VERDICT);
	}
	xdp_bpf__destroy(at->xdp);
	tc_bpf__destroy(at->tc);
	sk_skb_bpf__destroy(at->sk_skb);
	memset(at, 0, sizeof(*at));
}

static int attach_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("cannot %s: %s", what, strerror(-ret));
	return ret;
}

struct bpf_link *attach_tcx(const struct net *n, const struct bpf_program *prog)
{
	struct bpf_link *link;

	if (net_enter(&n->b))
		return NULL;
	link = bpf_program__attach_tcx(prog, n->b.ifindex, NULL);
	if (!link)
		attach_fail("attach a TC program (tcx)");
	net_leave(n);
	return link;
}

static int attach_xdp_empty(struct attach *at)
{
	at->xdp = xdp_bpf__open();
	if (!at->xdp)
		return attach_fail("open xdp.bpf.o");
	bpf_program__set_autoload(at->xdp->progs.xdp_empty, true);
	if (xdp_bpf__load(at->xdp))
		return attach_fail("load the XDP program");
	at->link = attach_xdp(at->net, at->xdp->progs.xdp_empty);
	return at->link ? 0 : -EIO;
}

static int attach_tc(struct attach *at)
{
	at->tc = tc_bpf__open();
	if (!at->tc)
		return attach_fail("open tc.bpf.o");
	/* cls_bpf does not ask for a type, tcx does */
	bpf_program__set_expected_attach_type(at->tc->progs.tc_empty, BPF_TCX_INGRESS);
	if (tc_bpf__load(at->tc))
		return attach_fail("load the TC program");
	return 0;
}

static int attach_tcx_empty(struct attach *at)
{
	int ret = attach_tc(at);

	if (ret)
		return ret;
	at->link = attach_tcx(at->net, at->tc->progs.tc_empty);
	return at->link ? 0 : -EIO;
}

static int attach_cls_bpf(struct attach *at)
{
	LIBBPF_OPTS(bpf_tc_opts, opts);
	struct bpf_tc_hook hook = tc_hook(at->net);
	int ret = attach_tc(at) ?: net_enter(&at->net->b);

	if (ret)
		return ret;
	opts.prog_fd = bpf_program__fd(at->tc->progs.tc_empty);
	ret = bpf_tc_hook_create(&hook);
	/* one that was there belongs to somebody, and so do its filters */
	at->clsact = !ret;
	if (ret == -EEXIST)
		err("%s has a clsact qdisc already: tc qdisc del dev %s clsact", at->net->b.name,
		    at->net->b.name);
	else if (ret || bpf_tc_attach(&hook, &opts))
		ret = attach_fail("attach a TC program (cls_bpf)");
	return net_leave(at->net) ?: ret;
}

static int attach_sk_skb(struct attach *at, int sock)
{
	uint64_t value = sock;
	uint32_t key = 0;
	int fd;

	at->sk_skb = sk_skb_bpf__open_and_load();
	if (!at->sk_skb)
		return attach_fail("load sk_skb.bpf.o");
	fd = bpf_map__fd(at->sk_skb->maps.socks);
	at->verdict = true;
	if (bpf_prog_attach(bpf_program__fd(at->sk_skb->progs.sk_skb_verdict), fd,
			    BPF_SK_SKB_VERDICT, 0))
		return attach_fail("attach an SK_SKB program");
	if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
		return attach_fail("put the server's socket into the sockmap");
	return 0;
}

bool attach_runs(const struct attach *at, uint64_t *runs)
{
	const __u64 *n = at->tc ? &at->tc->bss->runs : at->sk_skb ? &at->sk_skb->bss->runs : NULL;

	*runs = n ? __atomic_load_n(n, __ATOMIC_RELAXED) : 0;
	return n;
}

int attach_empty(struct attach *at, enum attach_point point, const struct net *n, int sock)
{
	int ret;

	memset(at, 0, sizeof(*at));
	at->point = point;
	at->net = n;
	ret = cleanup_push(detach, at);
	if (ret)
		return ret;
	switch (point) {
	case ATTACH_XDP:
		return attach_xdp_empty(at);
	case ATTACH_TCX:
		return attach_tcx_empty(at);
	case ATTACH_CLS_BPF:
		return attach_cls_bpf(at);
	case ATTACH_SK_SKB:
		return attach_sk_skb(at, sock);
	case ATTACH_NONE:
		break;
	}
	return 0;
}
