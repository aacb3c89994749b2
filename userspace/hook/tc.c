// SPDX-License-Identifier: GPL-2.0-only
/* What both ways to TC ingress share */
#include "core/run.h"
#include "hook/hook.h"
#include "hook/tc.h"
#include "tc.skel.h"

static void unload(void *skel)
{
	tc_bpf__destroy(skel);
}

int tc_least(struct hook *h)
{
	struct tc_bpf *skel = tc_bpf__open();
	char why[256];
	int ret;

	h->skel = skel;
	h->unload = unload;
	if (!skel) {
		ret = hook_fail("open tc.bpf.o", why, sizeof(why));
	} else {
		h->prog = skel->progs.tc_empty;
		/* cls_bpf does not ask for a type, tcx does */
		bpf_program__set_expected_attach_type(h->prog, BPF_TCX_INGRESS);
		ret = tc_bpf__load(skel) ?
		      hook_fail("load the TC program", why, sizeof(why)) : 0;
		h->runs = ret ? NULL : &skel->bss->runs;
	}
	if (ret)
		err("%s", why);
	return ret;
}
