// SPDX-License-Identifier: GPL-2.0-only
/* SK_SKB: behind the queue of a socket that is in a sockmap */
#include <bpf/bpf.h>
#include <errno.h>

#include "core/run.h"
#include "hook/hook.h"
#include "sk_skb.skel.h"

static void unload(void *skel)
{
	sk_skb_bpf__destroy(skel);
}

static int sk_skb_least(struct hook *h)
{
	struct sk_skb_bpf *skel = sk_skb_bpf__open_and_load();
	char why[256];
	int ret;

	if (!skel) {
		ret = hook_fail("load sk_skb.bpf.o", why, sizeof(why));
		err("%s", why);
		return ret;
	}
	h->skel = skel;
	h->unload = unload;
	h->prog = skel->progs.sk_skb_verdict;
	h->socks = skel->maps.socks;
	h->runs = &skel->bss->runs;
	return 0;
}

static enum bpf_attach_type type_of(const struct hook *h)
{
	return h->stream ? BPF_SK_SKB_STREAM_VERDICT : BPF_SK_SKB_VERDICT;
}

static int sk_skb_attach(struct hook *h, char *why, size_t len)
{
	int fd = bpf_map__fd(h->socks);
	uint64_t value = h->sock;
	uint32_t key = 0;

	if (bpf_prog_attach(bpf_program__fd(h->prog), fd, type_of(h), 0))
		return hook_fail("attach an SK_SKB program", why, len);
	h->verdict = true;
	if (h->sock >= 0 && bpf_map_update_elem(fd, &key, &value, BPF_ANY))
		return hook_fail("put the server's socket into the sockmap", why, len);
	return 0;
}

static void sk_skb_detach(struct hook *h)
{
	int fd = bpf_map__fd(h->socks);
	uint32_t key = 0;

	if (!h->verdict)
		return;
	if (h->sock >= 0)
		bpf_map_delete_elem(fd, &key);
	bpf_prog_detach2(bpf_program__fd(h->prog), fd, type_of(h));
	h->verdict = false;
}

static const struct hook_reach reach = {
	.table = { "sk_skb", "sk_skb" },
	.traffic = { TRAFFIC_UDP_POLL, TRAFFIC_TCP_WAKE },
	.per_message = true,
	.least = sk_skb_least,
	.lines = &(const struct hook_lines){
		.entry = "dequeue",
		.verdict = "verdict and wake-up",
		.more = ": its reader may have slept on another CPU, whose wake-up takes longer",
	},
};

const struct hook_ops hook_sk_skb = {
	.name = "sk_skb",
	.label = "SK_SKB",
	.place = "sk_skb",
	.place_label = "SK_SKB",
	.paper = "SK_SKB",
	.suffix = "sk_skb",
	.reach = &reach,
	.attach = sk_skb_attach,
	.detach = sk_skb_detach,
	.needs = hook_needs_nothing,
};
