// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: what the numbers say, in words */
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/codegen/figure14.h"
#include "core/json.h"
#include "core/util.h"
#include "kernel/disasm.h"
#include "report/crossing.h"

static void say_remote(struct figure14 *f)
{
	char refused[256];

	if (f->net.dev->ops->refused(refused, sizeof(refused)))
		result_note(f->res, "Device: %s.", refused);
	result_note(f->res,
		    "Path: %s, dropped by the driver of %s; a time per packet is that of %s where it misses frames, and else the other machine's.",
		    f->gen.ops->what, f->net.b.name, f->net.b.name);
	if (f->received)
		result_note(f->res,
			    "Counts: %llu frames received and dropped, and %llu missed by the NIC, while batches were timed.",
			    (unsigned long long)f->received, (unsigned long long)f->missed);
	if (!f->net.dev->ops->counts_drops(&f->net))
		result_note(f->res,
			    "The driver of %s does not count what XDP drops: its received frames (rx_packets) are taken for it.",
			    f->net.b.name);
	if (f->unpaced)
		result_note(f->res,
			    "At %u of %zu values of %s %s could have taken more than came: no difference is taken there.",
			    f->unpaced, f->paper->n, f->paper->xname, f->net.b.name);
	result_fact(f->res, "missed", json_object_new_uint64(f->missed));
}

static void say_path(struct figure14 *f)
{
	if (f->net.dev->ops->remote) {
		say_remote(f);
		return;
	}
	result_note(f->res,
		    "Path: %s, %d bytes, dropped by the driver there; rates contain the generator, which shares the CPU.",
		    f->gen.ops->what, GENERATOR_BYTES);
	if (f->sent)
		result_note(f->res,
			    "Counts: %llu frames sent, %llu received and dropped by the far end's driver.",
			    (unsigned long long)f->sent, (unsigned long long)f->received);
	if (f->gen.timed_ns > 0) {
		double lost = 100 * (1 - f->gen.counted_ns / f->gen.timed_ns);

		result_note_times(f->res,
				  "Interruptions: %.1f %% of the time went to blocks of %d frames that were disturbed, and is not counted.",
				  lost, f->gen.ops->block);
		result_fact_times(f->res, "disturbed_percent", json_number(lost));
	}
}

void figure14_instructions(struct figure14 *f)
{
	struct disasm_loop ebpf, native;
	char path[512];
	int ret;

	ret = disasm_loop_prog(bpf_program__fd(f->prog), &ebpf);
	if (ret) {
		result_note(f->res, "Instructions per repetition, eBPF: not measured: %s",
			    ret == -EPERM ? "the kernel hides the image (kptr_restrict)" :
			    strerror(-ret));
		return;
	}
	result_fact(f->res, "insns_ebpf", json_object_new_int(ebpf.insns));
	ret = disasm_module_path("hookcost_native", path, sizeof(path)) ?:
	      disasm_loop_elf(path, f->symbol, &native);
	if (ret) {
		result_note(f->res,
			    "Instructions per repetition: %u (eBPF); native: not measured: hookcost_native.ko: %s",
			    ebpf.insns, strerror(-ret));
		return;
	}
	result_fact(f->res, "insns_native", json_object_new_int(native.insns));
	if (isfinite(f->paper->insns_ebpf))
		result_note(f->res,
			    "Instructions per repetition: %u native, %u eBPF; the paper: %g and %g.",
			    native.insns, ebpf.insns, f->paper->insns_hardcoded,
			    f->paper->insns_ebpf);
	else
		result_note(f->res, "Instructions per repetition: %u native, %u eBPF.",
			    native.insns, ebpf.insns);
}

static void say_here(struct figure14 *f)
{
	double *ebpf = xcalloc(f->paper->n, sizeof(*ebpf));
	struct curves c = {
		.xname = f->paper->xname,
		.a = "native",
		.b = "eBPF",
		.n = f->paper->n,
		.x = f->paper->x,
		.ns_a = f->native_ns,
		.ns_b = ebpf,
		.tolerance = f->tolerance,
	};
	char text[512];
	size_t i;

	for (i = 0; i < c.n; i++)
		ebpf[i] = f->native_ns[i] + f->diff_ns[i];
	curves_describe(&c, text, sizeof(text));
	result_note_times(f->res, "Here: %s.", text);
	result_fact_times(f->res, "here", json_string(text));
	free(ebpf);
}

static void say_paper(struct figure14 *f)
{
	size_t i, n = f->paper->n;
	double *hard = xcalloc(n, sizeof(*hard)), *ebpf = xcalloc(n, sizeof(*ebpf));
	double *off = xcalloc(n, sizeof(*off));
	struct curves c = {
		.xname = f->paper->xname,
		.a = "hard-coded",
		.b = "eBPF",
		.n = n,
		.x = f->paper->x,
		.ns_a = hard,
		.ns_b = ebpf,
		.tolerance = off,
	};
	char text[512];

	/* its rates have two or three digits: 1 % of the time */
	for (i = 0; i < n; i++) {
		hard[i] = 1000 / f->paper->hardcoded[i];
		ebpf[i] = 1000 / f->paper->ebpf[i];
		off[i] = 0.01 * hard[i];
	}
	curves_describe(&c, text, sizeof(text));
	result_note(f->res, "Paper: %s.", text);
	free(hard);
	free(ebpf);
	free(off);
}

void figure14_notes(struct figure14 *f)
{
	say_path(f);
	figure14_instructions(f);
	if (f->have[VERSION_NATIVE] && !f->unpaced)
		say_here(f);
	say_paper(f);
}
