/* SPDX-License-Identifier: GPL-2.0-only */
/* An XDP program at an end of the test network */
#ifndef HOOKCOST_XDP_H
#define HOOKCOST_XDP_H

#include <bpf/libbpf.h>
#include "net/net.h"

/* In an end's driver, or the far end's; NULL with err() said */
struct bpf_link *attach_xdp_at(const struct net *n, const struct net_end *e,
			       const struct bpf_program *prog);
struct bpf_link *attach_xdp(const struct net *n, const struct bpf_program *prog);

#endif /* HOOKCOST_XDP_H */
