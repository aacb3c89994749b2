// SPDX-License-Identifier: GPL-2.0-only
/* Types and verdicts of programs in words */
#include <stdio.h>
#include "core/compiler.h"
#include "prog/prog.h"

const char *prog_type_name(enum bpf_prog_type type)
{
	switch (type) {
	case BPF_PROG_TYPE_XDP:
		return "XDP";
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
		return "TC";
	case BPF_PROG_TYPE_SK_SKB:
		return "SK_SKB";
	default:
		return libbpf_bpf_prog_type_str(type) ?: "unknown";
	}
}

static const char *const xdp_verdicts[] = {
	"XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT",
};

static const char *const tc_verdicts[] = {
	"TC_ACT_UNSPEC", "TC_ACT_OK", "TC_ACT_RECLASSIFY", "TC_ACT_SHOT", "TC_ACT_PIPE",
	"TC_ACT_STOLEN", "TC_ACT_QUEUED", "TC_ACT_REPEAT", "TC_ACT_REDIRECT", "TC_ACT_TRAP",
};

const char *verdict_name(enum bpf_prog_type type, int verdict, char *buf, size_t len)
{
	bool xdp = type == BPF_PROG_TYPE_XDP;
	size_t i = (size_t)(verdict + !xdp);

	if (i < (xdp ? ARRAY_SIZE(xdp_verdicts) : ARRAY_SIZE(tc_verdicts)))
		snprintf(buf, len, "%s", xdp ? xdp_verdicts[i] : tc_verdicts[i]);
	else
		snprintf(buf, len, "%d", verdict);
	return buf;
}
