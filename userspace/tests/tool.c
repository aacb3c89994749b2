// SPDX-License-Identifier: GPL-2.0-only
/* The runner of other programs: shell scripts are what it runs */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "net/tool.h"
#include "traffic/iperf.h"
#include "traffic/sockperf.h"
#include "unit.h"

#define NOTHING (&(struct tool_setup){ 0 })

static int sh(struct tool *t, const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	return tool_start(t, NOTHING, "test", argv);
}

static void is_text(char *text, const char *want)
{
	CHECK_STR(text, want);
	free(text);
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

/* As is_gone(), in a moment; init, or whoever has it now, may take its time to reap it */
static bool will_be_gone(pid_t pid)
{
	int i;

	for (i = 0; i < 500 && !is_gone(pid); i++) {
		char *path = xasprintf("/proc/%d/stat", pid), line[256];
		bool zombie = read_line(path, line, sizeof(line)) && strstr(line, ") Z ");

		free(path);
		if (zombie)
			return true;
		usleep(10000);
	}
	return i < 500;
}

static void find(void)
{
	char why[128];

	CHECK(tool_find("sh", why, sizeof(why)));
	CHECK_STR(why, "");
	CHECK(!tool_find("hookcost-no-such-tool", why, sizeof(why)));
	CHECK_HAS(why, "no hookcost-no-such-tool in PATH; install it");
	/* a name that nobody may execute is not there */
	CHECK(!tool_find("/etc/passwd", why, sizeof(why)));
}

static void output(void)
{
	static const char script[] =
		"echo out; echo err >&2; echo file >" TOOL_FILE "; read x; echo $?$LC_ALL";
	struct tool t;

	CHECK_INT(sh(&t, script), 0);
	CHECK_INT(tool_wait(&t, NULL, 10), 0);
	is_text(tool_stdout(&t), "out\n1C\n");
	is_text(tool_stderr(&t), "err\n");
	is_text(tool_file(&t), "file\n");
	cleanup_all();
}

/* More than a pipe would hold, while nobody reads */
static void much_output(void)
{
	struct tool t;
	char *text;

	CHECK_INT(sh(&t, "head -c 1000000 /dev/zero | tr '\\0' x"), 0);
	CHECK_INT(tool_wait(&t, NULL, 10), 0);
	text = tool_stdout(&t);
	CHECK_INT(strlen(text), 1000000);
	free(text);
	cleanup_all();
}

static void fails(void)
{
	struct tool t;

	unit_capture();
	CHECK_INT(sh(&t, "echo no such luck >&2; echo more >&2; exit 3"), 0);
	CHECK_INT(tool_wait(&t, NULL, 10), -EPIPE);
	CHECK_STR(unit_captured(),
		  "hookcost: sh test: ended with exit status 3: no such luck\n");
	cleanup_all();
}

static void is_killed(void)
{
	struct tool t;

	unit_capture();
	CHECK_INT(sh(&t, "kill -KILL $$"), 0);
	CHECK_INT(tool_wait(&t, NULL, 10), -EPIPE);
	CHECK_STR(unit_captured(), "hookcost: sh test: killed by signal 9 (Killed)\n");
	CHECK_STR(err_last(), "sh test: killed by signal 9 (Killed)");
	cleanup_all();
}

static void takes_too_long(void)
{
	struct tool t;
	pid_t pid;

	unit_capture();
	CHECK_INT(sh(&t, "sleep 100"), 0);
	pid = t.pid;
	CHECK_INT(tool_wait(&t, NULL, 0.05), -ETIMEDOUT);
	CHECK_HAS(unit_captured(), "has not ended after");
	CHECK(is_gone(pid));
	cleanup_all();
}

static bool has_spoken(void *arg)
{
	char *text = tool_stdout(arg);
	bool spoken = strchr(text, '\n');

	free(text);
	return spoken;
}

/* One that does not want to end, and what it has started, are killed */
static void stubborn(void)
{
	struct tool t;
	pid_t pid;
	char *text;
	int child;

	/* when it says so, it has set its trap */
	CHECK_INT(sh(&t, "trap '' TERM; sleep 100 & echo $!; while :; do sleep 0.1; done"), 0);
	CHECK_INT(tool_await(&t, has_spoken, &t, 5, "what it says"), 0);
	text = tool_stdout(&t);
	child = atoi(text);
	free(text);
	CHECK(child > 0 && !is_gone(child));
	pid = t.pid;
	cleanup_all();
	CHECK(is_gone(pid));
	CHECK(will_be_gone(child));
}

static void missing(void)
{
	const char *const argv[] = { "hookcost-no-such-tool", NULL };
	struct tool t;

	unit_capture();
	CHECK_INT(tool_start(&t, NOTHING, NULL, argv), -ENOENT);
	CHECK_HAS(unit_captured(), "hookcost-no-such-tool: cannot be started");
	CHECK_INT(t.pid, 0);
	cleanup_all();
}

/* What the kernel said, not a guess: no descriptor may be as high as it is wanted */
static void no_file(void)
{
	struct rlimit few = { 9, 9 };
	struct tool t;
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		const char *said;

		setrlimit(RLIMIT_NOFILE, &few);
		unit_capture();
		if (sh(&t, "exit 0") != -EINVAL)
			_exit(2);
		said = unit_captured();
		_exit(strstr(said, "sh test: cannot make a file in memory") &&
		      strstr(said, strerror(EINVAL)) ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	CHECK_INT(WEXITSTATUS(status), 0);
}

static unsigned int undone;

static void undo(void *arg)
{
	undone++;
}

/* What cannot be put on the stack does not take another's cleanup off */
static void no_room(void)
{
	const struct sockperf_opts o = { .net = &(struct net){}, .seconds = 1 };
	struct net net = { .a.ns = -1 };
	struct sink sink = { .net = &net };
	struct iperf_sum client, server;
	struct sink_count none = {};
	size_t mark = cleanup_mark();
	struct sockperf s = {};

	sink.count = &none;
	CHECK_INT(sh(&sink.server, "sleep 100"), 0);
	undone = 0;
	unit_capture();
	while (!cleanup_push(undo, NULL))
		;
	CHECK_INT(sockperf_run(&o, &s), -ENOSPC);
	CHECK_INT(undone, 0);
	CHECK_INT(iperf_run(&sink, 1, 1, &client, &server), -ENOSPC);
	CHECK_INT(undone, 0);
	unit_captured();
	cleanup_to(mark);
	CHECK(undone > 1);
}

static void needs_a_server(void)
{
	struct tool server, client;

	unit_capture();
	CHECK_INT(sh(&server, "sleep 0.05; echo I die >&2; exit 1"), 0);
	CHECK_INT(sh(&client, "sleep 100"), 0);
	CHECK_INT(tool_wait(&client, &server, 10), -EPIPE);
	CHECK_STR(unit_captured(), "hookcost: sh test: ended with exit status 1: I die\n");
	CHECK_INT(client.pid, 0);
	cleanup_all();
	/* a server that ends well has ended all the same */
	unit_capture();
	CHECK_INT(sh(&server, "exit 0"), 0);
	CHECK_INT(sh(&client, "sleep 100"), 0);
	CHECK_INT(tool_wait(&client, &server, 10), -EPIPE);
	CHECK_STR(unit_captured(), "hookcost: sh test: ended with exit status 0\n");
	cleanup_all();
	/* the client has what it wanted, the server outlives it */
	CHECK_INT(sh(&server, "sleep 100"), 0);
	CHECK_INT(sh(&client, "exit 0"), 0);
	CHECK_INT(tool_wait(&client, &server, 10), 0);
	CHECK_INT(tool_check(&server), 0);
	cleanup_all();
}

struct server {
	int fd;
	int closed[2];	/* a pipe, which tells that fd is */
};

static int listen_and_sleep(void *arg)
{
	const struct server *s = arg;

	if (listen(s->fd, 1))
		return 1;
	sleep(100);
	return 0;
}

static int only_sleep(void *arg)
{
	const struct server *s = arg;

	close(s->fd);
	if (write(s->closed[1], "", 1) != 1)
		return 1;
	sleep(100);
	return 0;
}

static void port(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct server s = { .fd = socket(AF_INET, SOCK_STREAM, 0) };
	socklen_t len = sizeof(addr);
	struct tool t;
	char byte;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(!bind(s.fd, (struct sockaddr *)&addr, sizeof(addr)));
	CHECK(!getsockname(s.fd, (struct sockaddr *)&addr, &len));
	CHECK_INT(tool_fork(&t, NOTHING, "server", listen_and_sleep, &s), 0);
	CHECK_INT(tool_await_port(&t, "tcp", ntohs(addr.sin_port), 5), 0);
	unit_capture();
	CHECK_INT(tool_await_port(&t, "udp", ntohs(addr.sin_port), 0.02), -ETIMEDOUT);
	CHECK_HAS(unit_captured(), "its socket at udp port");
	/* a socket that is another's */
	CHECK(!pipe(s.closed));
	CHECK_INT(tool_fork(&t, NOTHING, "other", only_sleep, &s), 0);
	CHECK_INT(read(s.closed[0], &byte, 1), 1);
	unit_capture();
	CHECK_INT(tool_await_port(&t, "tcp", ntohs(addr.sin_port), 0.02), -ETIMEDOUT);
	CHECK_HAS(unit_captured(), "other: its socket at tcp port");
	cleanup_all();
	close(s.closed[0]);
	close(s.closed[1]);
	close(s.fd);
}

/* A signal for hookcost ends the wait, and the tool */
static void interrupted_wait(void)
{
	int status = -1;
	pid_t pid, tool;
	int fd[2];

	CHECK(!pipe(fd));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct tool t;

		run_init(true, false);
		if (sh(&t, "sleep 100") || write(fd[1], &t.pid, sizeof(t.pid)) < 0)
			_exit(2);
		if (tool_wait(&t, NULL, 10) != -EINTR)
			_exit(3);
		exit(0);
	}
	CHECK_INT(read(fd[0], &tool, sizeof(tool)), sizeof(tool));
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
	CHECK(is_gone(tool));
	close(fd[0]);
	close(fd[1]);
}

/* Killed, hookcost cannot clean up */
static void dies_with_parent(void)
{
	int fd[2], status;
	pid_t pid, tool;

	CHECK(!pipe(fd));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct tool t;

		if (sh(&t, "sleep 100") || write(fd[1], &t.pid, sizeof(t.pid)) < 0)
			_exit(2);
		raise(SIGKILL);
	}
	CHECK_INT(read(fd[0], &tool, sizeof(tool)), sizeof(tool));
	waitpid(pid, &status, 0);
	CHECK(will_be_gone(tool));
	close(fd[0]);
	close(fd[1]);
}

const struct unit tool_units[] = {
	{ "tool: found in PATH", find },
	{ "tool: what it writes is kept apart", output },
	{ "tool: it may write much", much_output },
	{ "tool: it fails", fails },
	{ "tool: it is killed", is_killed },
	{ "tool: it takes too long", takes_too_long },
	{ "tool: it ignores SIGTERM", stubborn },
	{ "tool: it is missing", missing },
	{ "tool: it can have no file", no_file },
	{ "tool: no room for its end", no_room },
	{ "tool: its server ends", needs_a_server },
	{ "tool: its port, and another's", port },
	{ "tool: Ctrl-C", interrupted_wait },
	{ "tool: it dies with hookcost", dies_with_parent },
	{ 0 }
};
