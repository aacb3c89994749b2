// SPDX-License-Identifier: GPL-2.0-only
/* Other programs (iperf, sockperf): run in a namespace with a time limit, reaped */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "net/tool.h"

extern char **environ;

#define FIRST_FD	10		/* above those that a child's are given */
#define OUTPUT_MAX	(512UL << 20)
#define STOP_SECONDS	2
#define AWAIT_US	5000

/* What the child needs after fork(), when it may not allocate any more */
struct launch {
	const struct tool *tool;
	const struct tool_setup *setup;
	const char *path;
	char *const *argv, *const *env;
	int (*fn)(void *arg);
	void *arg;
	pid_t parent;
	int null, report;		/* report: -errno of what failed, closed by exec */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void tool_end(void *arg)
{
	struct tool *t = arg;

	tool_stop(t);
	close_fd(&t->out);
	close_fd(&t->err);
	close_fd(&t->file);
}

static int high_fd(int fd)
{
	int high, ret;

	if (fd < 0)
		return -errno;
	high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
	ret = high < 0 ? -errno : high;
	close(fd);
	return ret;
}

static int output_files(struct tool *t)
{
	static const char *const name[] = { "hookcost-stdout", "hookcost-stderr", "hookcost-file" };
	int *const fd[] = { &t->out, &t->err, &t->file };
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(fd); i++) {
		ret = high_fd(memfd_create(name[i], MFD_CLOEXEC));
		if (ret < 0) {
			err("%s: cannot make a file in memory: %s", t->label, strerror(-ret));
			return ret;
		}
		*fd[i] = ret;
	}
	return 0;
}

static void child_signals(void)
{
	sigset_t none;
	int sig;

	/* hookcost's handlers go by exec, what it ignores does not */
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int child_setup(const struct launch *l)
{
	struct rlimit limit = { OUTPUT_MAX, OUTPUT_MAX };
	const struct tool_setup *s = l->setup;

	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	/* it may have died before */
	if (getppid() != l->parent)
		return -ESRCH;
	if (s->cgroup > 0 && write(s->cgroup, "0", 1) != 1)
		return -errno;
	if (s->end && setns(s->end->ns, CLONE_NEWNET))
		return -errno;
	if (setrlimit(RLIMIT_FSIZE, &limit) ||
	    dup2(s->input > 0 ? s->input : l->null, STDIN_FILENO) < 0 ||
	    dup2(l->tool->out, STDOUT_FILENO) < 0 ||
	    dup2(l->tool->err, STDERR_FILENO) < 0)
		return -errno;
	/* a function of ours has files of its own, maybe that one */
	if (!l->fn && dup2(l->tool->file, 3) < 0)
		return -errno;
	return 0;
}

static __noreturn void child(const struct launch *l)
{
	int ret;

	child_signals();
	ret = child_setup(l);
	if (!ret && l->fn) {
		close(l->report);
		_exit(l->fn(l->arg));
	}
	if (!ret) {
		execve(l->path, l->argv, l->env);
		ret = -errno;
	}
	if (write(l->report, &ret, sizeof(ret)) < 0)
		_exit(126);
	_exit(127);
}

/* 0, or -errno of what the child could not do before it was the tool */
static int child_report(int fd)
{
	int ret = 0;
	ssize_t n;

	do {
		n = read(fd, &ret, sizeof(ret));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(ret) ? ret : 0;
}

static void reap(struct tool *t)
{
	/* its group, while the number is still its own: whatever it has started itself */
	kill(-t->pid, SIGKILL);
	while (waitpid(t->pid, &t->status, 0) < 0 && errno == EINTR)
		;
	t->pid = 0;
	close_fd(&t->pidfd);
}

static int run_child(struct tool *t, struct launch *l)
{
	int report[2], ret;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	l->tool = t;
	l->parent = getpid();
	l->report = high_fd(report[1]);
	l->null = high_fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
	ret = l->report < 0 ? l->report : l->null < 0 ? l->null : 0;
	/* nothing half-written that the child would write again */
	fflush(NULL);
	if (!ret) {
		t->pid = fork();
		if (!t->pid)
			child(l);
		if (t->pid < 0)
			ret = -errno;
	}
	close_fd(&l->report);
	close_fd(&l->null);
	if (ret) {
		t->pid = 0;
		close(report[0]);
		return ret;
	}
	t->pidfd = syscall(SYS_pidfd_open, t->pid, 0);
	ret = t->pidfd < 0 ? -errno : child_report(report[0]);
	close(report[0]);
	if (ret) {
		kill(t->pid, SIGKILL);
		reap(t);
	}
	return ret;
}

static int start(struct tool *t, struct launch *l)
{
	int ret;

	t->pid = 0;
	t->pidfd = -1;
	t->out = -1;
	t->err = -1;
	t->file = -1;
	ret = cleanup_push(tool_end, t);
	if (ret)
		return ret;
	ret = output_files(t);
	if (ret)
		return ret;
	ret = run_child(t, l);
	if (ret)
		err("%s: cannot be started: %s", t->label, strerror(-ret));
	return ret;
}

/* The tool's numbers shall have points, its messages be the known ones */
static char **c_locale(void)
{
	size_t n = 0, kept = 0;
	char **env;

	while (environ && environ[n])
		n++;
	env = xcalloc(n + 2, sizeof(*env));
	for (n = 0; environ && environ[n]; n++)
		if (strncmp(environ[n], "LC_", 3) && strncmp(environ[n], "LANG", 4))
			env[kept++] = environ[n];
	env[kept] = (char *)"LC_ALL=C";
	return env;
}

static void tell(const struct tool *t, const char *const argv[])
{
	char line[512];
	size_t used = 0, i;

	line[0] = '\0';
	for (i = 0; argv[i] && used < sizeof(line); i++)
		used += snprintf(line + used, sizeof(line) - used, " %s", argv[i]);
	info("%s:%s", t->label, line);
}

int tool_start(struct tool *t, const struct tool_setup *setup, const char *role,
	       const char *const argv[])
{
	struct launch l = { .setup = setup, .argv = (char *const *)argv };
	char *path = tool_path(argv[0]), **env = c_locale();
	const char *name = strrchr(argv[0], '/');
	char why[128];
	int ret;

	snprintf(t->label, sizeof(t->label), "%s%s%s", name ? name + 1 : argv[0],
		 role ? " " : "", role ?: "");
	tell(t, argv);
	l.path = path ?: argv[0];
	l.env = env;
	ret = start(t, &l);
	if (ret == -ENOENT && !tool_find(argv[0], why, sizeof(why)))
		info("%s", why);
	free(path);
	free(env);
	return ret;
}

int tool_fork(struct tool *t, const struct tool_setup *setup, const char *label,
	      int (*fn)(void *arg), void *arg)
{
	struct launch l = { .setup = setup, .fn = fn, .arg = arg };

	snprintf(t->label, sizeof(t->label), "%s", label);
	return start(t, &l);
}

/* Whether the process has ended; 0, 1, or -errno. seconds < 0: no limit; signals as given */
static int ended(struct tool *const tool[], size_t n, double seconds, const sigset_t *mask)
{
	struct timespec ts = { .tv_sec = (time_t)seconds,
			       .tv_nsec = (long)((seconds - (time_t)seconds) * 1e9) };
	struct pollfd p[2];
	size_t i;
	int ret;

	for (i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = tool[i]->pidfd, .events = POLLIN };
	ret = ppoll(p, n, seconds < 0 ? NULL : &ts, mask);
	if (ret < 0)
		return -errno;
	for (i = 0; i < n; i++)
		if (p[i].revents)
			reap(tool[i]);
	return ret;
}

/* The line of its output that is most likely to say what was wrong */
static void last_words(const struct tool *t, char *words, size_t len)
{
	char *text = tool_stderr(t), *line = text;
	size_t n;

	if (!*text) {
		free(text);
		text = tool_stdout(t);
		line = text;
	}
	while (*line == '\n')
		line++;
	n = strcspn(line, "\n");
	snprintf(words, len, "%s%.*s", n ? ": " : "", (int)n, line);
	free(text);
}

static int say_ended(const struct tool *t)
{
	char words[160];

	last_words(t, words, sizeof(words));
	if (WIFSIGNALED(t->status))
		err("%s: killed by signal %d (%s)%s", t->label, WTERMSIG(t->status),
		    strsignal(WTERMSIG(t->status)), words);
	else
		err("%s: ended with exit status %d%s", t->label, WEXITSTATUS(t->status), words);
	return -EPIPE;
}

static void stop_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

/* Sleeps until one of them has ended, or a signal for hookcost comes */
static int sleep_until_end(struct tool *const tool[], size_t n, double seconds)
{
	double until = now_ns() + seconds * 1e9, left = seconds;
	sigset_t stop, old;
	int ret;

	stop_signals(&stop);
	/* no signal between the question whether there was one and the sleep */
	sigprocmask(SIG_BLOCK, &stop, &old);
	do {
		ret = interrupted() ? -EINTR : ended(tool, n, left, &old);
		left = (until - now_ns()) / 1e9;
	} while (ret == -EINTR && !interrupted() && left > 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret == -EINTR && !interrupted() ? 0 : ret;
}

int tool_wait(struct tool *t, struct tool *needs, double seconds)
{
	struct tool *const tool[] = { t, needs };
	int ret = 0;

	if (needs && tool_check(needs))
		ret = -EPIPE;
	else if (t->pid)
		ret = sleep_until_end(tool, needs ? 2 : 1, seconds) ?: -ETIMEDOUT;
	if (ret == -ETIMEDOUT)
		err("%s: has not ended after %.0f s; stopped", t->label, seconds);
	/* whose end is the cause? the server's is one of the client's failure */
	if (ret >= 0 && needs && !needs->pid && (t->pid || t->status))
		ret = say_ended(needs);
	else if (ret >= 0)
		ret = t->status ? say_ended(t) : 0;
	tool_stop(t);
	return ret;
}

int tool_check(struct tool *t)
{
	struct tool *const tool[] = { t };

	if (t->pid && ended(tool, 1, 0, NULL) <= 0)
		return 0;
	return say_ended(t);
}

int tool_await(struct tool *t, bool (*ready)(void *arg), void *arg, double seconds,
	       const char *what)
{
	double until = now_ns() + seconds * 1e9;
	int ret;

	for (;;) {
		/* in this order: what it was to do may be done before it ends */
		if (ready(arg))
			return 0;
		ret = interrupted() ? -EINTR : tool_check(t);
		if (ret)
			return ret;
		if (now_ns() > until) {
			err("%s: %s is missing after %.0f s", t->label, what, seconds);
			return -ETIMEDOUT;
		}
		usleep(AWAIT_US);
	}
}

void tool_stop(struct tool *t)
{
	struct tool *const tool[] = { t };
	double until = now_ns() + STOP_SECONDS * 1e9;
	int ret;

	if (!t->pid)
		return;
	kill(t->pid, SIGTERM);
	do {
		ret = ended(tool, 1, STOP_SECONDS, NULL);
	} while (ret == -EINTR && now_ns() < until);
	if (!t->pid)
		return;
	kill(t->pid, SIGKILL);
	reap(t);
}

static char *read_all(int fd)
{
	size_t size = 0, used = 0;
	char *text = NULL;
	ssize_t n = 0;

	do {
		used += n;
		if (size - used < 2) {
			size = size ? 2 * size : 4096;
			text = xrealloc(text, size, 1);
		}
		n = fd < 0 ? 0 : pread(fd, text + used, size - used - 1, used);
	} while (n > 0);
	text[used] = '\0';
	return text;
}

char *tool_stdout(const struct tool *t)
{
	return read_all(t->out);
}

char *tool_stderr(const struct tool *t)
{
	return read_all(t->err);
}

char *tool_file(const struct tool *t)
{
	return read_all(t->file);
}
