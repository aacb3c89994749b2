// SPDX-License-Identifier: GPL-2.0-only
/*
 * poke SYSTEM.MAP RESULTS KERNEL ARGUMENT...: runs a UML kernel as a debugger would, and looks
 * on as it changes code. From the first byte that is written until the last one, an instruction
 * is half the old one and half the new; a signal handler that runs then, and with it a timer
 * tick, an interrupt, a softirq, may run into it. Signals are recorded, and handled later, while
 * the kernel's signals_enabled is 0.
 *
 * RESULTS gets a line for each function: its name, the calls that were looked at, those that
 * changed something, and those of them in which signals were enabled when it had begun to.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS_MAX	50		/* looked at, for each function */
#define STEPS_MAX	100000		/* instructions of one call */
#define CODE_MAX	4096		/* bytes, a page */
#define JUMP_LABEL	5		/* its bytes */
#define INT3		0xcc
#define SYSTEM_RUNNING	3		/* of system_state; before, interrupts are off anyway */

static struct function {
	const char *name;
	bool entry;			/* the first argument is a jump_entry, not an address */
	uint64_t at;
	uint8_t byte;			/* what the breakpoint is in the place of */
	bool set;
	unsigned long calls, changed, enabled;
} function[] = {
	{ .name = "arch_jump_label_transform", .entry = true },
	{ .name = "text_poke_bp" },
	{ .name = "text_poke_copy" },
	{ .name = "text_poke_set" },
};

#define FUNCTIONS	(sizeof(function) / sizeof(*function))

static pid_t pid;
static int memory = -1;			/* also what the kernel has mapped without PROT_READ */
static uint64_t signals_enabled, system_state;

/* False: nothing is mapped there, which the kernel does when it runs into it */
static bool try_peek(uint64_t at, void *buf, size_t len)
{
	return pread(memory, buf, len, at) == (ssize_t)len;
}

static void peek(uint64_t at, void *buf, size_t len)
{
	if (!try_peek(at, buf, len))
		err(2, "cannot read %zu bytes of the kernel at 0x%lx", len, (unsigned long)at);
}

/* Text is read-only, which is no obstacle for a debugger */
static uint8_t exchange(uint64_t at, uint8_t byte)
{
	long word;
	uint8_t was;

	errno = 0;
	word = ptrace(PTRACE_PEEKTEXT, pid, at, 0);
	was = word & 0xff;
	if (errno || ptrace(PTRACE_POKETEXT, pid, at, (word & ~0xffL) | byte))
		err(2, "no breakpoint at 0x%lx", (unsigned long)at);
	return was;
}

static void set(struct function *f)
{
	f->byte = exchange(f->at, INT3);
	f->set = true;
}

/* Of a new program */
static void set_all(void)
{
	char path[32];
	size_t i;

	if (memory >= 0)
		close(memory);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (memory < 0)
		err(2, "%s", path);
	for (i = 0; i < FUNCTIONS; i++)
		set(&function[i]);
}

static void get_registers(struct user_regs_struct *r)
{
	if (ptrace(PTRACE_GETREGS, pid, 0, r))
		err(2, "cannot read the kernel's registers");
}

static void read_map(const char *path)
{
	char line[512], name[256];
	unsigned long at;
	FILE *file = fopen(path, "r");
	size_t i;

	if (!file)
		err(2, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %*c %255s", &at, name) != 2)
			continue;
		if (!strcmp(name, "signals_enabled"))
			signals_enabled = at;
		if (!strcmp(name, "system_state"))
			system_state = at;
		for (i = 0; i < FUNCTIONS; i++) {
			if (!strcmp(name, function[i].name))
				function[i].at = at;
		}
	}
	fclose(file);
	if (!signals_enabled || !system_state)
		errx(2, "%s has no signals_enabled or system_state", path);
	for (i = 0; i < FUNCTIONS; i++) {
		if (!function[i].at)
			errx(2, "%s has no %s", path, function[i].name);
	}
}

static void write_results(const char *path)
{
	FILE *file = fopen(path, "w");
	size_t i;

	if (!file)
		err(2, "%s", path);
	for (i = 0; i < FUNCTIONS; i++) {
		const struct function *f = &function[i];

		fprintf(file, "%s %lu %lu %lu\n", f->name, f->calls, f->changed, f->enabled);
	}
	if (fclose(file))
		err(2, "%s", path);
}

/* The kernel's end is ours: boot-uml.sh asks for the status */
static _Noreturn void end(int status, const char *results)
{
	write_results(results);
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* Runs on by request, until a signal comes that is not kept for later */
static int run(int request, int sig, sigset_t *later, const char *results)
{
	int status;

	for (;;) {
		if (ptrace(request, pid, 0, sig) || waitpid(pid, &status, __WALL) != pid)
			err(2, "cannot run the kernel");
		if (!WIFSTOPPED(status))
			end(status, results);
		sig = WSTOPSIG(status);
		if (sig == SIGTRAP || sig == SIGSEGV)
			return sig;
		sigaddset(later, sig);
		sig = 0;
	}
}

/* One instruction; a page that is not there yet is mapped by the handler of SIGSEGV before */
static void step(const char *results, sigset_t *later)
{
	struct user_regs_struct r;
	uint8_t byte;

	if (run(PTRACE_SINGLESTEP, 0, later, results) != SIGSEGV)
		return;
	get_registers(&r);
	byte = exchange(r.rip, INT3);
	if (run(PTRACE_CONT, SIGSEGV, later, results) != SIGTRAP)
		errx(2, "a fault at 0x%llx is not handled", r.rip);
	exchange(r.rip, byte);
	if (ptrace(PTRACE_SETREGS, pid, 0, &r))
		err(2, "cannot write the kernel's registers");
}

/* The code that a call changes */
static void target(const struct function *f, const struct user_regs_struct *r, uint64_t *at,
		   size_t *len)
{
	int32_t code;

	*at = r->rdi;
	*len = CODE_MAX - *at % CODE_MAX;
	if (*len > r->rdx)
		*len = r->rdx;
	if (f->entry) {
		peek(r->rdi, &code, sizeof(code));
		*at = r->rdi + (int64_t)code;
		*len = JUMP_LABEL;
	}
}

/*
 * At a breakpoint, which is taken out: one call, until it changes something or returns. While
 * the kernel still boots, one instruction only, so that the breakpoint can be set again.
 */
static void look(struct function *f, const char *results)
{
	uint8_t before[CODE_MAX], now[CODE_MAX];
	struct user_regs_struct r;
	uint64_t at, stack;
	sigset_t later;
	size_t len;
	int enabled, state, i, sig;
	bool known;

	get_registers(&r);
	r.rip = f->at;
	if (ptrace(PTRACE_SETREGS, pid, 0, &r))
		err(2, "cannot write the kernel's registers");
	exchange(f->at, f->byte);
	f->set = false;

	sigemptyset(&later);
	stack = r.rsp;
	peek(system_state, &state, sizeof(state));
	if (state < SYSTEM_RUNNING)
		stack = 0;
	else
		f->calls++;
	target(f, &r, &at, &len);
	known = try_peek(at, before, len);
	for (i = 0; r.rsp <= stack || !i; i++) {
		if (i == STEPS_MAX)
			errx(2, "%s does not return", f->name);
		step(results, &later);
		if (!stack)
			break;
		get_registers(&r);
		if (!known) {
			known = try_peek(at, before, len);
			continue;
		}
		peek(at, now, len);
		if (!memcmp(before, now, len))
			continue;
		peek(signals_enabled, &enabled, sizeof(enabled));
		f->changed++;
		f->enabled += !!enabled;
		break;
	}
	if (f->calls < CALLS_MAX)
		set(f);
	for (sig = 1; sig < NSIG; sig++) {
		if (sigismember(&later, sig) == 1)
			kill(pid, sig);
	}
}

int main(int argc, char **argv)
{
	struct user_regs_struct r;
	int status, sig = 0;
	size_t i;

	if (argc < 4)
		errx(2, "usage: poke SYSTEM.MAP RESULTS KERNEL ARGUMENT...");
	read_map(argv[1]);
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			err(2, "cannot be traced");
		execv(argv[3], argv + 3);
		err(2, "%s", argv[3]);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		errx(2, "%s does not run", argv[3]);
	if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC))
		err(2, "cannot trace %s", argv[3]);
	set_all();

	for (;;) {
		if (ptrace(PTRACE_CONT, pid, 0, sig) || waitpid(pid, &status, __WALL) != pid)
			err(2, "cannot run the kernel");
		if (!WIFSTOPPED(status))
			end(status, argv[2]);
		sig = WSTOPSIG(status);
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
			set_all();	/* it runs itself again, without randomization */
			sig = 0;
			continue;
		}
		if (sig != SIGTRAP)
			continue;
		get_registers(&r);
		for (i = 0; i < FUNCTIONS; i++) {
			if (function[i].set && r.rip == function[i].at + 1)
				break;
		}
		if (i < FUNCTIONS) {
			look(&function[i], argv[2]);
			sig = 0;
		}
	}
}
