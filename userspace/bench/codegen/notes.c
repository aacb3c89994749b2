// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: what the numbers say, in words */
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "bench/codegen/figure14.h"
#include "core/json.h"
#include "kernel/disasm.h"
#include "report/crossing.h"
#include "report/paper.h"

static void say_remote(struct figure14 *f)
{
	char refused[256];

	if (f->of.net.dev->ops->refused(refused, sizeof(refused)))
		result_note(f->res, "Device: %s.", refused);
	result_note(f->res,
		    "Path: %s, dropped by the driver of %s; a time per packet is that of %s where it misses frames, and else the other machine's.",
		    f->of.gen.ops->what, f->of.net.b.name, f->of.net.b.name);
	if (f->of.received)
		result_note(f->res,
			    "Counts: %llu frames received and dropped, and %llu missed by the NIC, while batches were timed.",
			    (unsigned long long)f->of.received, (unsigned long long)f->of.missed);
	if (!f->of.net.dev->ops->counts_drops(&f->of.net))
		result_note(f->res,
			    "The driver of %s does not count what XDP drops: its received frames (rx_packets) are taken for it.",
			    f->of.net.b.name);
	if (f->unpaced)
		result_note(f->res,
			    "At %u of %zu values of %s %s could have taken more than came: no difference is taken there.",
			    f->unpaced, f->n, f->opts->bench->figure->xname, f->of.net.b.name);
	result_fact(f->res, "missed", json_object_new_uint64(f->of.missed));
}

static void say_path(struct figure14 *f)
{
	if (f->of.net.dev->ops->remote) {
		say_remote(f);
		return;
	}
	result_note(f->res,
		    "Path: %s, %d bytes, dropped by the driver there; rates contain the generator, which shares the CPU.",
		    f->of.gen.ops->what, GENERATOR_BYTES);
	if (f->of.sent)
		result_note(f->res,
			    "Counts: %llu frames sent, %llu received and dropped by the far end's driver.",
			    (unsigned long long)f->of.sent, (unsigned long long)f->of.received);
	if (f->of.gen.timed_ns > 0) {
		double lost = 100 * (1 - f->of.gen.counted_ns / f->of.gen.timed_ns);

		result_note_times(f->res,
				  "Interruptions: %.1f %% of the time went to blocks of %d frames that were disturbed, and is not counted.",
				  lost, f->of.gen.ops->block);
		result_fact_times(f->res, "disturbed_percent", json_number(lost));
	}
}

void figure14_instructions(struct figure14 *f)
{
	struct disasm_loop ebpf, native;
	char path[512];
	double paper;
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
	      disasm_loop_elf(path, f->def->symbol, &native);
	if (ret) {
		result_note(f->res,
			    "Instructions per repetition: %u (eBPF); native: not measured: hookcost_native.ko: %s",
			    ebpf.insns, strerror(-ret));
		return;
	}
	result_fact(f->res, "insns_native", json_object_new_int(native.insns));
	paper = paper_value(f->opts->bench->name, "eBPF", "insns");
	if (isfinite(paper))
		result_note(f->res,
			    "Instructions per repetition: %u native, %u eBPF; the paper: %g and %g.",
			    native.insns, ebpf.insns,
			    paper_value(f->opts->bench->name, "hard-coded", "insns"), paper);
	else
		result_note(f->res, "Instructions per repetition: %u native, %u eBPF.",
			    native.insns, ebpf.insns);
}

/* Where the native curve is lower, and where the other one; the same x as the figure's */
static void describe(const struct figure14 *f, const char *native, const double *ns,
		     const double *ebpf, const double *tolerance, char *text, size_t len)
{
	const struct curves c = {
		.xname = f->opts->bench->figure->xname,
		.a = native,
		.b = "eBPF",
		.n = f->n,
		.x = f->x,
		.ns_a = ns,
		.ns_b = ebpf,
		.tolerance = tolerance,
	};

	curves_describe(&c, text, len);
}

static void say_here(struct figure14 *f)
{
	double ebpf[FIGURE14_X];
	char text[512];
	size_t i;

	for (i = 0; i < f->n; i++)
		ebpf[i] = f->native_ns[i] + f->diff_ns[i];
	describe(f, "native", f->native_ns, ebpf, f->tolerance, text, sizeof(text));
	result_note_times(f->res, "Here: %s.", text);
	result_fact_times(f->res, "here", json_string(text));
}

static void say_paper(struct figure14 *f)
{
	double hard[FIGURE14_X], ebpf[FIGURE14_X], off[FIGURE14_X];
	char text[512];
	size_t i;

	/* its rates have two or three digits: 1 % of the time */
	for (i = 0; i < f->n; i++) {
		hard[i] = 1000 / paper_at(f->opts->bench->name, "hard-coded", f->x[i]);
		ebpf[i] = 1000 / paper_at(f->opts->bench->name, "eBPF", f->x[i]);
		off[i] = 0.01 * hard[i];
	}
	describe(f, "hard-coded", hard, ebpf, off, text, sizeof(text));
	result_note(f->res, "Paper: %s.", text);
}

void figure14_notes(struct figure14 *f)
{
	say_path(f);
	figure14_instructions(f);
	if (f->of.have[VERSION_NATIVE] && !f->unpaced)
		say_here(f);
	say_paper(f);
}
