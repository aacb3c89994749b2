/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaches the programs of hooks.bpf.c in namespace b */
#ifndef HOOKCOST_TEST_HOOKS_H
#define HOOKCOST_TEST_HOOKS_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "hookcost_test.h"

/* In the driver: veth has an XDP hook of its own, so the kernel takes that */
static inline struct bpf_link *hook_xdp(const struct hc_net *n, const char *dev,
					const struct bpf_program *prog)
{
	struct bpf_link *link;

	hc_enter(n->b);
	link = bpf_program__attach_xdp(prog, hc_ifindex(n->b, dev));
	hc_enter(n->home);
	return link;
}

static inline struct bpf_link *hook_tcx(const struct hc_net *n, const char *dev,
					const struct bpf_program *prog)
{
	struct bpf_link *link;

	hc_enter(n->b);
	link = bpf_program__attach_tcx(prog, hc_ifindex(n->b, dev), NULL);
	hc_enter(n->home);
	return link;
}

/* Gone with the device */
static inline int hook_cls_bpf(const struct hc_net *n, const char *dev,
			       const struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_INGRESS,
		    .ifindex = hc_ifindex(n->b, dev));
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(prog));
	int ret;

	hc_enter(n->b);
	ret = bpf_tc_hook_create(&hook) ?: bpf_tc_attach(&hook, &opts);
	hc_enter(n->home);
	return ret;
}

static inline int hook_sock(const struct bpf_map *map, const struct bpf_program *parser,
			    const struct bpf_program *verdict, int sock)
{
	enum bpf_attach_type type = parser ? BPF_SK_SKB_STREAM_VERDICT : BPF_SK_SKB_VERDICT;
	int fd = bpf_map__fd(map), key = 0, ret = 0;

	if (parser)
		ret = bpf_prog_attach(bpf_program__fd(parser), fd, BPF_SK_SKB_STREAM_PARSER, 0);
	return ret ?: bpf_prog_attach(bpf_program__fd(verdict), fd, type, 0) ?:
	       bpf_map_update_elem(fd, &key, &sock, BPF_ANY);
}

/* The socket reads from its own queue again */
static inline void unhook_sock(const struct bpf_map *map, const struct bpf_program *parser,
			       const struct bpf_program *verdict)
{
	enum bpf_attach_type type = parser ? BPF_SK_SKB_STREAM_VERDICT : BPF_SK_SKB_VERDICT;
	int fd = bpf_map__fd(map), key = 0;

	bpf_map_delete_elem(fd, &key);
	bpf_prog_detach2(bpf_program__fd(verdict), fd, type);
	if (parser)
		bpf_prog_detach2(bpf_program__fd(parser), fd, BPF_SK_SKB_STREAM_PARSER);
}

/* Frames that are no sk_buffs, from a's end, as XDP sends them; 0, or an error */
static inline int hook_frames(const struct hc_net *n, const struct bpf_program *send,
			      const void *frame, unsigned int len, unsigned int count)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = len,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = HC_BURST,
		    .repeat = HC_BURST);
	uint64_t before = hc_counter(n->b, "hc0b", "xdp_packets");
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < count; i += HC_BURST) {
		if (count - i < HC_BURST)
			opts.repeat = count - i;
		hc_enter(n->a);
		ret = bpf_prog_test_run_opts(bpf_program__fd(send), &opts);
		hc_enter(n->home);
		if (!ret)
			ret = hc_await_napi(n, 0, before + i + opts.repeat);
	}
	return ret;
}

#endif /* HOOKCOST_TEST_HOOKS_H */
