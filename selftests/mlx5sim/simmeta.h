/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads and attaches mlx5sim_meta.bpf.c, bound to hc0b */
#ifndef HOOKCOST_TEST_SIMMETA_H
#define HOOKCOST_TEST_SIMMETA_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kselftest.h"
#include "mlx5sim_meta.h"
#include "mlx5sim_meta.skel.h"
#include "simdata.h"

struct simmeta {
	struct mlx5sim_meta *prog;
	struct bpf_link *link;
};

static inline int simmeta_attach(struct simmeta *m)
{
	int ret = -1;

	m->prog = mlx5sim_meta__open();
	hc_enter(sim.net.b);
	if (m->prog) {
		bpf_program__set_ifindex(m->prog->progs.note, hc_ifindex(sim.net.b, "hc0b"));
		bpf_program__set_flags(m->prog->progs.note, BPF_F_XDP_DEV_BOUND_ONLY);
		ret = mlx5sim_meta__load(m->prog);
	}
	if (!ret) {
		m->link = bpf_program__attach_xdp(m->prog->progs.note,
						  hc_ifindex(sim.net.b, "hc0b"));
		ret = m->link ? 0 : -1;
	}
	hc_enter(sim.net.home);
	if (ret)
		ksft_print_msg("cannot load a program bound to hc0b\n");
	return ret;
}

static inline void simmeta_detach(struct simmeta *m)
{
	bpf_link__destroy(m->link);
	mlx5sim_meta__destroy(m->prog);
}

static inline void simmeta_reset(struct simmeta *m)
{
	m->prog->bss->runs = 0;
}

#endif /* HOOKCOST_TEST_SIMMETA_H */
