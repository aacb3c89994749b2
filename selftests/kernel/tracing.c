// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that trace, each with exact counts: system calls, tracepoints, and other programs.
 * UML has them by the patches; on another kernel what its configuration lacks is skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "kselftest_harness.h"
#include "hookcost_test.h"
#include "tracing.h"
#include "tracing.skel.h"

#define RUNS		1000
#define CALLS		100
#define OUTPUTS		500
#define FAULTS		64
#define FRAME		64
#define COOKIE		0x600dcafe

static int silent(enum libbpf_print_level level, const char *format, va_list ap)
{
	return 0;
}

/* One instance with these programs only, made for a system call */
static struct tracing *open_for(long nr)
{
	struct tracing *t = tracing__open();
	struct bpf_program *prog;

	hc_need_root();
	if (!t)
		return NULL;
	bpf_object__for_each_program(prog, t->obj)
		bpf_program__set_autoload(prog, false);
	t->rodata->tgid = getpid();
	t->rodata->nr = nr;
	return t;
}

/* The program that is traced or replaced, by itself */
static struct tracing *load_target(void)
{
	struct tracing *t = open_for(-1);

	if (!t)
		return NULL;
	bpf_program__set_autoload(t->progs.target, true);
	if (!tracing__load(t))
		return t;
	tracing__destroy(t);
	return NULL;
}

/* An instance with one program, attached to that target if it is not NULL; NULL and errno */
static struct tracing *trace(const char *name, struct tracing *target, const char *function,
			     long nr)
{
	struct tracing *t = open_for(nr);
	struct bpf_program *prog;
	int err;

	if (!t)
		return NULL;
	prog = bpf_object__find_program_by_name(t->obj, name);
	bpf_program__set_autoload(prog, true);
	err = target ? bpf_program__set_attach_target(prog, bpf_program__fd(target->progs.target),
						      function) : 0;
	err = err ?: tracing__load(t);
	err = err ?: tracing__attach(t);
	if (!err)
		return t;
	tracing__destroy(t);
	errno = -err;
	return NULL;
}

static bool tracepoint_is_there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/tracing/events/%s", name);
	return !access(path, F_OK);
}

#define NO_TRACEPOINT	"the kernel has no such tracepoint, or debugfs is not mounted"

static bool traces_programs(void)
{
	return libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_TRACING, NULL) == 1;
}

#define NO_TRACING	"no CONFIG_BPF_EVENTS"

static bool has_perf(void)
{
	return !access("/proc/sys/kernel/perf_event_paranoid", F_OK);
}

#define NO_PERF		"no CONFIG_PERF_EVENTS"

/* UML's kernel tries to read; x86-64's sees before that an address is none of the kernel's */
static bool is_refused(long result)
{
	const char *target = getenv("HOOKCOST_TARGET");

	return result == -EFAULT || (result == -ERANGE && target && strcmp(target, "uml"));
}

/* n runs on a packet with this first byte; what the last returned, or -1 */
static int run(const struct bpf_program *prog, unsigned char first, unsigned int n)
{
	unsigned char frame[FRAME] = {
		first,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = n);

	return bpf_prog_test_run_opts(bpf_program__fd(prog), &opts) ? -1 : (int)opts.retval;
}

/* Another run each time, as the tracepoint bpf_test_finish counts them */
static int run_each(const struct bpf_program *prog, unsigned int n)
{
	while (n--)
		if (run(prog, XDP_PASS, 1) != XDP_PASS)
			return -1;
	return 0;
}

static int event(__u32 type, __u64 config, __u64 period, int pid)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = type,
		.config = config,
		.sample_period = period,
	};

	return syscall(SYS_perf_event_open, &attr, pid, pid < 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static long long counted(int fd)
{
	long long n;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : -1;
}

TEST(fentry_and_fexit)
{
	struct tracing *target = load_target(), *entry, *exit;
	int verdict;

	if (!traces_programs())
		SKIP(return, NO_TRACING);
	ASSERT_NE(NULL, target);
	entry = trace("on_entry", target, "target", -1);
	ASSERT_NE(NULL, entry) TH_LOG("fentry: %s", strerror(errno));
	exit = trace("on_exit", target, "target", -1);
	ASSERT_NE(NULL, exit) TH_LOG("fexit: %s", strerror(errno));
	for (verdict = XDP_ABORTED; verdict <= XDP_REDIRECT; verdict++)
		ASSERT_EQ(verdict, run(target->progs.target, verdict, RUNS + verdict));
	EXPECT_EQ(5 * RUNS + 10, target->bss->target_runs);
	EXPECT_EQ(5 * RUNS + 10, entry->bss->entries);
	EXPECT_EQ(5 * RUNS + 10, exit->bss->exits);
	EXPECT_EQ((5 * RUNS + 10) * FRAME, entry->bss->bytes);
	for (verdict = XDP_ABORTED; verdict <= XDP_REDIRECT; verdict++)
		EXPECT_EQ(RUNS + verdict, exit->bss->returned[verdict]);
	EXPECT_EQ(0, exit->bss->other);
	/* and no more when they have gone, one after the other */
	tracing__detach(entry);
	ASSERT_EQ(XDP_PASS, run(target->progs.target, XDP_PASS, RUNS));
	EXPECT_EQ(5 * RUNS + 10, entry->bss->entries);
	EXPECT_EQ(6 * RUNS + 10, exit->bss->exits);
	tracing__detach(exit);
	ASSERT_EQ(XDP_PASS, run(target->progs.target, XDP_PASS, RUNS));
	EXPECT_EQ(6 * RUNS + 10, exit->bss->exits);
	EXPECT_EQ(7 * RUNS + 10, target->bss->target_runs);
	tracing__destroy(entry);
	tracing__destroy(exit);
	tracing__destroy(target);
}

/* A trampoline comes and goes while the program runs by turns */
TEST(fexit_again_and_again)
{
	struct tracing *target = load_target(), *t;
	int i;

	if (!traces_programs())
		SKIP(return, NO_TRACING);
	ASSERT_NE(NULL, target);
	for (i = 0; i < CALLS; i++) {
		t = trace("on_exit", target, "target", -1);
		ASSERT_NE(NULL, t);
		ASSERT_EQ(XDP_DROP, run(target->progs.target, XDP_DROP, 10));
		ASSERT_EQ(10, t->bss->exits);
		ASSERT_EQ(10, t->bss->returned[XDP_DROP]);
		tracing__destroy(t);
		ASSERT_EQ(XDP_PASS, run(target->progs.target, XDP_PASS, 10));
	}
	EXPECT_EQ(20 * CALLS, target->bss->target_runs);
	tracing__destroy(target);
}

/* A function of a subprogram, too */
TEST(fexit_of_a_function)
{
	struct tracing *target = load_target(), *t;

	if (!traces_programs())
		SKIP(return, NO_TRACING);
	ASSERT_NE(NULL, target);
	t = trace("on_exit", target, "verdict", -1);
	ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));
	ASSERT_EQ(XDP_DROP, run(target->progs.target, XDP_DROP, RUNS));
	EXPECT_EQ(RUNS, t->bss->returned[XDP_DROP]);
	EXPECT_EQ(RUNS, t->bss->exits);
	tracing__destroy(t);
	tracing__destroy(target);
}

TEST(freplace)
{
	struct tracing *target = load_target(), *t;
	int i;

	ASSERT_NE(NULL, target);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(XDP_DROP, run(target->progs.target, XDP_DROP, RUNS));
		t = trace("replacement", target, "verdict", -1);
		ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));
		ASSERT_EQ(XDP_TX, run(target->progs.target, XDP_DROP, RUNS));
		EXPECT_EQ(RUNS, t->bss->replaced);
		tracing__destroy(t);
	}
	ASSERT_EQ(XDP_DROP, run(target->progs.target, XDP_DROP, RUNS));
	EXPECT_EQ(7 * RUNS, target->bss->target_runs);
	tracing__destroy(target);
}

/*
 * No function of UML's kernel begins with a nop for a trampoline, so that all are refused, and
 * nothing is changed: not the jump label that one of them begins with, either
 */
TEST(kernel_function)
{
	static const char * const names[] = { "on_function", "on_jump_label" };
	libbpf_print_fn_t print = libbpf_set_print(silent);
	struct tracing *target = load_target(), *t, *tp;
	unsigned int i, round;

	ASSERT_NE(NULL, target);
	for (i = 0; i < 2; i++) {
		t = trace(names[i], NULL, NULL, -1);
		if (!t)
			TH_LOG("%s: %s", names[i], strerror(errno));
		for (round = 0; round < 2; round++) {
			tp = trace("on_extack", NULL, NULL, -1);
			ASSERT_EQ(XDP_PASS, run(target->progs.target, XDP_PASS, 10));
			if (tp)
				tracing__destroy(tp);
		}
		if (t && !i)
			EXPECT_EQ(2, t->bss->entries);
		if (t)
			tracing__destroy(t);
	}
	libbpf_set_print(print);
	tracing__destroy(target);
}

TEST(tracepoint)
{
	struct tracing *target, *raw, *typed;

	if (!tracepoint_is_there("bpf_test_run/bpf_test_finish"))
		SKIP(return, NO_TRACEPOINT);
	target = load_target();
	ASSERT_NE(NULL, target);
	raw = trace("on_raw", NULL, NULL, -1);
	ASSERT_NE(NULL, raw) TH_LOG("raw_tp: %s", strerror(errno));
	typed = trace("on_typed", NULL, NULL, -1);
	ASSERT_NE(NULL, typed) TH_LOG("tp_btf: %s", strerror(errno));
	ASSERT_EQ(0, run_each(target->progs.target, RUNS));
	EXPECT_EQ(RUNS, raw->bss->raw);
	EXPECT_EQ(0, raw->bss->errors);
	EXPECT_EQ(RUNS, typed->bss->typed);
	EXPECT_EQ(0, typed->bss->errors);
	tracing__detach(raw);
	ASSERT_EQ(0, run_each(target->progs.target, RUNS));
	EXPECT_EQ(RUNS, raw->bss->raw);
	EXPECT_EQ(2 * RUNS, typed->bss->typed);
	tracing__destroy(raw);
	tracing__destroy(typed);
	tracing__destroy(target);
}

TEST(sys_enter_and_sys_exit)
{
	struct tracing *enter, *exit;
	int i;

	if (!tracepoint_is_there("raw_syscalls/sys_enter"))
		SKIP(return, NO_TRACEPOINT);
	enter = trace("on_sys_enter", NULL, NULL, SYS_dup);
	ASSERT_NE(NULL, enter) TH_LOG("sys_enter: %s", strerror(errno));
	exit = trace("on_sys_exit", NULL, NULL, SYS_dup);
	ASSERT_NE(NULL, exit) TH_LOG("sys_exit: %s", strerror(errno));
	for (i = 0; i < CALLS; i++)
		syscall(SYS_dup, -5);
	EXPECT_EQ(CALLS, enter->bss->sys_entries);
	EXPECT_EQ(CALLS, exit->bss->sys_exits);
	EXPECT_EQ(-EBADF, exit->bss->sys_returned);
	EXPECT_EQ(-5, (int)exit->bss->sys_argument);
	tracing__detach(enter);
	tracing__detach(exit);
	syscall(SYS_dup, -5);
	EXPECT_EQ(CALLS, enter->bss->sys_entries);
	EXPECT_EQ(CALLS, exit->bss->sys_exits);
	tracing__destroy(enter);
	tracing__destroy(exit);
}

TEST(fork_returns_twice)
{
	struct tracing *t;
	int i, status;
	pid_t pid;

	if (!tracepoint_is_there("raw_syscalls/sys_exit"))
		SKIP(return, NO_TRACEPOINT);
	t = trace("on_fork_exit", NULL, NULL, SYS_fork);
	ASSERT_NE(NULL, t) TH_LOG("sys_exit: %s", strerror(errno));
	for (i = 0; i < 10; i++) {
		pid = syscall(SYS_fork);
		if (!pid)
			_exit(0);
		ASSERT_LT(0, pid);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
	}
	EXPECT_EQ(10, t->bss->sys_exits);
	EXPECT_EQ(10, t->bss->children);
	tracing__destroy(t);
}

/* By perf events, as Debian's tools and bpftrace attach to them */
TEST(syscall_events)
{
	struct tracing *enter, *exit;
	int i;

	if (!tracepoint_is_there("syscalls/sys_enter_dup"))
		SKIP(return, NO_TRACEPOINT);
	enter = trace("on_event_enter", NULL, NULL, -1);
	ASSERT_NE(NULL, enter) TH_LOG("sys_enter_dup: %s", strerror(errno));
	exit = trace("on_event_exit", NULL, NULL, -1);
	ASSERT_NE(NULL, exit) TH_LOG("sys_exit_dup: %s", strerror(errno));
	for (i = 0; i < CALLS; i++)
		syscall(SYS_dup, -7);
	EXPECT_EQ(CALLS, enter->bss->sys_entries);
	EXPECT_EQ(-7, (int)enter->bss->sys_argument);
	EXPECT_EQ(CALLS, exit->bss->sys_exits);
	EXPECT_EQ(-EBADF, exit->bss->sys_returned);
	tracing__destroy(enter);
	tracing__destroy(exit);
}

/* Without a program: the event's counter */
TEST(syscall_counter)
{
	char text[16] = "";
	int fd, i;

	if (!tracepoint_is_there("syscalls/sys_enter_dup"))
		SKIP(return, NO_TRACEPOINT);
	fd = open("/sys/kernel/debug/tracing/events/syscalls/sys_enter_dup/id", O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, text, sizeof(text) - 1));
	close(fd);
	fd = event(PERF_TYPE_TRACEPOINT, strtoull(text, NULL, 10), 0, 0);
	if (!has_perf())
		SKIP(return, NO_PERF);
	ASSERT_LE(0, fd);
	for (i = 0; i < CALLS; i++)
		syscall(SYS_dup, -7);
	EXPECT_EQ(CALLS, counted(fd));
	close(fd);
}

static const struct {
	const char *what;
	unsigned long address;
} bad[] = {
	{ "NULL", 0 },
	{ "near NULL", 8 },
	{ "not canonical", 0x0123456789abcdef },
	{ "highest", -8UL },
	{ "in no mapping", 0x00007f0000000000 },
};

/* The kernel's own memory is read, whatever its size and alignment; the rest is refused */
TEST(probe_read_kernel)
{
	struct tracing *target, *t;
	char line[256], type;
	__u8 whole[PROBE_BYTES + 8];
	unsigned long at = 0;
	unsigned int i, length;
	FILE *f;

	if (!tracepoint_is_there("bpf_test_run/bpf_test_finish"))
		SKIP(return, NO_TRACEPOINT);
	target = load_target();
	ASSERT_NE(NULL, target);
	t = trace("on_probe", NULL, NULL, -1);
	ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));

	f = fopen("/proc/kallsyms", "r");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, " linux_banner\n"))
			sscanf(line, "%lx %c", &at, &type);
	fclose(f);
	ASSERT_NE(0, at);

	for (i = 0; i < sizeof(whole); i++) {
		t->bss->address = at + i;
		t->bss->length = 1;
		ASSERT_EQ(0, run_each(target->progs.target, 1));
		ASSERT_EQ(0, t->bss->result);
		whole[i] = t->bss->read[0];
	}
	EXPECT_EQ(0, memcmp(whole, "Linux version ", 14));
	for (i = 0; i < 8; i++) {
		for (length = 1; length <= PROBE_BYTES; length++) {
			memset(t->bss->read, 0xaa, PROBE_BYTES);
			t->bss->address = at + i;
			t->bss->length = length;
			ASSERT_EQ(0, run_each(target->progs.target, 1));
			ASSERT_EQ(0, t->bss->result);
			ASSERT_EQ(0, memcmp(t->bss->read, whole + i, length)) {
				TH_LOG("%u bytes from %u", length, i);
			}
			ASSERT_TRUE(length == PROBE_BYTES || t->bss->read[length] == 0xaa);
		}
	}
	EXPECT_EQ(16, t->bss->result_string);
	EXPECT_EQ(0, t->bss->result_comm);
	EXPECT_EQ(0, strcmp("tracing", t->bss->comm));

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (length = 1; length <= PROBE_BYTES; length++) {
			memset(t->bss->read, 0xaa, PROBE_BYTES);
			t->bss->address = bad[i].address;
			t->bss->length = length;
			ASSERT_EQ(0, run_each(target->progs.target, 1));
			EXPECT_TRUE(is_refused(t->bss->result)) TH_LOG("%s", bad[i].what);
			EXPECT_TRUE(is_refused(t->bss->result_string)) TH_LOG("%s", bad[i].what);
			EXPECT_EQ(0, t->bss->read[0]);
			EXPECT_EQ(0, t->bss->read[length - 1]);
		}
	}
	tracing__destroy(t);
	tracing__destroy(target);
}

TEST(probe_read_user)
{
	static const char text[] = "of this process";
	struct tracing *target, *t;
	void *page;

	if (!tracepoint_is_there("bpf_test_run/bpf_test_finish"))
		SKIP(return, NO_TRACEPOINT);
	target = load_target();
	ASSERT_NE(NULL, target);
	t = trace("on_probe_user", NULL, NULL, -1);
	ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));
	t->bss->length = sizeof(text);
	t->bss->address = (unsigned long)text;
	ASSERT_EQ(0, run_each(target->progs.target, 1));
	EXPECT_EQ(0, t->bss->result_user);
	EXPECT_EQ(0, memcmp(text, t->bss->read, sizeof(text)));
	/* a page that is not there is not made */
	page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	t->bss->address = (unsigned long)page;
	ASSERT_EQ(0, run_each(target->progs.target, 1));
	EXPECT_EQ(-EFAULT, t->bss->result_user);
	strcpy(page, "now");
	ASSERT_EQ(0, run_each(target->progs.target, 1));
	EXPECT_EQ(0, t->bss->result_user);
	EXPECT_EQ(0, strcmp("now", (const char *)t->bss->read));
	t->bss->address = 0;
	ASSERT_EQ(0, run_each(target->progs.target, 1));
	EXPECT_EQ(-EFAULT, t->bss->result_user);
	munmap(page, getpagesize());
	tracing__destroy(t);
	tracing__destroy(target);
}

/* What came of it, in this order */
struct seen {
	__u64 samples, lost, bad;
	bool packet;
};

static void on_output(void *ctx, int cpu, void *data, __u32 size)
{
	const struct output *o = data;
	struct seen *seen = ctx;
	unsigned int i;

	if (size < (seen->packet ? 16 + OUTPUT_BYTES : sizeof(*o)) || o->cookie != COOKIE ||
	    o->number != seen->samples)
		seen->bad++;
	for (i = 0; seen->packet && i < OUTPUT_BYTES; i++)
		seen->bad += o->packet[i] != (i ? 0 : XDP_PASS);
	seen->samples++;
}

static void on_lost(void *ctx, int cpu, __u64 n)
{
	((struct seen *)ctx)->lost += n;
}

static void check_output(struct __test_metadata *_metadata, struct tracing *target,
			 struct tracing *t, const struct bpf_program *runs, struct seen *seen)
{
	struct perf_buffer *buffer;
	int n;

	buffer = perf_buffer__new(bpf_map__fd(t->maps.out), 32, on_output, on_lost, seen, NULL);
	ASSERT_NE(NULL, buffer) TH_LOG("perf_buffer__new: %s", strerror(errno));
	ASSERT_EQ(0, run_each(runs, OUTPUTS));
	for (n = OUTPUTS; n > 0 && seen->samples < OUTPUTS; n--)
		if (perf_buffer__poll(buffer, 1000) <= 0)
			break;
	EXPECT_EQ(OUTPUTS, t->bss->sent);
	EXPECT_EQ(0, t->bss->lost);
	EXPECT_EQ(OUTPUTS, seen->samples);
	EXPECT_EQ(0, seen->lost);
	EXPECT_EQ(0, seen->bad);
	perf_buffer__free(buffer);
}

TEST(output)
{
	struct tracing *target, *t;
	struct seen seen = {};

	if (!tracepoint_is_there("bpf_test_run/bpf_test_finish"))
		SKIP(return, NO_TRACEPOINT);
	target = load_target();
	ASSERT_NE(NULL, target);
	t = trace("output_raw", NULL, NULL, -1);
	ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));
	check_output(_metadata, target, t, target->progs.target, &seen);
	tracing__destroy(t);
	tracing__destroy(target);
}

TEST(output_of_a_packet)
{
	struct seen seen = {
		.packet = true,
	};
	struct tracing *t;
	int fd = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0, 0);

	if (!has_perf())
		SKIP(return, NO_PERF);
	ASSERT_LE(0, fd);
	close(fd);
	t = trace("output_packet", NULL, NULL, -1);
	ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));
	check_output(_metadata, NULL, t, t->progs.output_packet, &seen);
	tracing__destroy(t);
}

TEST(output_of_fexit)
{
	struct tracing *target, *t;
	struct seen seen = {
		.packet = true,
	};

	if (!tracepoint_is_there("bpf_test_run/bpf_test_finish"))
		SKIP(return, NO_TRACEPOINT);
	target = load_target();
	ASSERT_NE(NULL, target);
	t = trace("output_exit", target, "target", -1);
	ASSERT_NE(NULL, t) TH_LOG("%s", strerror(errno));
	check_output(_metadata, target, t, target->progs.target, &seen);
	tracing__destroy(t);
	tracing__destroy(target);
}

static void spin(unsigned int ms)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	do {
		clock_gettime(CLOCK_MONOTONIC, &to);
	} while ((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 < ms);
}

TEST(software_clocks)
{
	int cpu = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 0, 0), task;

	if (!has_perf())
		SKIP(return, NO_PERF);
	ASSERT_LE(0, cpu);
	task = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, 0, 0);
	ASSERT_LE(0, task);
	spin(100);
	EXPECT_LT(90000000, counted(cpu));
	EXPECT_LT(90000000, counted(task));
	close(cpu);
	close(task);
}

TEST(page_faults)
{
	int all = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0), minor, major, i;
	long long before[3], after[3];
	volatile char *page;

	if (!has_perf())
		SKIP(return, NO_PERF);
	ASSERT_LE(0, all);
	minor = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN, 0, 0);
	major = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ, 0, 0);
	ASSERT_LE(0, minor);
	ASSERT_LE(0, major);
	page = mmap(NULL, FAULTS * getpagesize(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)page);
	madvise((void *)page, FAULTS * getpagesize(), MADV_NOHUGEPAGE);
	for (i = 0; i < 2; i++) {	/* the first round has this code and its data there */
		before[0] = counted(all);
		before[1] = counted(minor);
		before[2] = counted(major);
		after[0] = counted(all);
		after[1] = counted(minor);
		after[2] = counted(major);
	}
	before[0] = counted(all);
	before[1] = counted(minor);
	before[2] = counted(major);
	for (i = 0; i < FAULTS; i++)
		page[i * getpagesize()] = 1;
	after[0] = counted(all);
	after[1] = counted(minor);
	after[2] = counted(major);
	EXPECT_EQ(FAULTS, after[0] - before[0]);
	EXPECT_EQ(FAULTS, after[1] - before[1]);
	EXPECT_EQ(0, after[2] - before[2]);
	munmap((void *)page, FAULTS * getpagesize());
	close(all);
	close(minor);
	close(major);
}

/* Each change of the two is counted, once */
TEST(context_switches)
{
	int fd = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, 0, 0), i;
	long long before;
	struct timespec pause = { .tv_nsec = 1000000 };

	if (!has_perf())
		SKIP(return, NO_PERF);
	ASSERT_LE(0, fd);
	before = counted(fd);
	for (i = 0; i < 10; i++)
		nanosleep(&pause, NULL);
	EXPECT_LE(10, counted(fd) - before);
	EXPECT_GT(40, counted(fd) - before);
	close(fd);
}

/* A program at each sample of the CPU's clock, every ms of it */
TEST(perf_event_program)
{
	struct tracing *t = open_for(-1);
	struct bpf_link *link;
	int fd = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 1000000, 0);

	if (!has_perf())
		SKIP(return, NO_PERF);
	ASSERT_LE(0, fd);
	ASSERT_NE(NULL, t);
	bpf_program__set_autoload(t->progs.on_sample, true);
	ASSERT_EQ(0, tracing__load(t)) TH_LOG("%s", strerror(errno));
	t->bss->period = 1000000;
	link = bpf_program__attach_perf_event(t->progs.on_sample, fd);
	ASSERT_NE(NULL, link) TH_LOG("%s", strerror(errno));
	spin(200);
	/* some, and not more than there were; the machine may have other things to do */
	EXPECT_LE(5, t->bss->samples);
	EXPECT_GE(400, t->bss->samples);
	EXPECT_EQ(0, t->bss->wrong);
	TH_LOG("%llu samples in 200 ms", (unsigned long long)t->bss->samples);
	bpf_link__destroy(link);
	tracing__destroy(t);
}

TEST_HARNESS_MAIN
