/* SPDX-License-Identifier: GPL-2.0-only */
/* What a number depends on besides the code: the machine, the kernel, their settings */
#ifndef HOOKCOST_ENV_H
#define HOOKCOST_ENV_H

#include <stdbool.h>
#include "measure/clocks.h"

/* A setting that cannot be read */
#define ENV_UNKNOWN (-1)

struct env {
	char release[128], version[256];
	char config_hash[32];		/* CRC-32 of the configuration, "" if not shown */
	char config_from[64];
	int hookcost, hardcoded;	/* CONFIG_HOOKCOST, CONFIG_HOOKCOST_HARDCODED */
	bool patched;			/* the debugfs tables, or the configuration, say so */
	char debug[256];		/* debug options that falsify times, "" if none */

	char cpu[128], microcode[32];
	bool uml, hypervisor, emulated;
	char hypervisor_name[16];
	char mitigations[1024];
	int smt;
	char governor[32], clocksource[32], clocksources[128];
	struct clocks clocks;		/* as they were measured */

	int jit, jit_harden, bpf_stats;
	int jited, counting;		/* a program of ours is JITed; its runs are counted */
	bool btf, perf;
	char modules[256];		/* hookcost's, of those loaded */
	char compiler[128];		/* of this tool */
	char target[32];		/* $HOOKCOST_TARGET: uml, vm, host */
};

/* root: "" or a folder that stands for / (tests) */
void env_collect(struct env *e, const char *root);
/* env_live.c: the settings that a program shows; the worse of two looks, into the first */
void env_collect_live(struct env *e);
void env_merge(struct env *e, const struct env *now);

/* The machine this runs on, read once */
const struct env *env_get(void);
/* Its settings once more: what is wrong now counts, though it was right before */
void env_look_again(void);

#endif /* HOOKCOST_ENV_H */
