// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random writes to every writable file of hookcost's and mlx5sim's in debugfs, and to their
 * modules' parameters. What is refused changes nothing, what is taken is what the file shows
 * then, the kernel does not complain, and everything can be put back.
 *
 * HOOKCOST_FUZZ_SECONDS: how long, in all (8); HOOKCOST_FUZZ_SEED: of the sequence (1).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "fuzz.h"
#include "health.h"
#include "hooks.h"
#include "hooks.skel.h"

#define SIM_ROOT	"/sys/kernel/debug/mlx5sim"
#define SECONDS		8
#define EVERY		16	/* writes between two looks at all files */
#define WRITERS		4

static char *input, *edge;	/* edge: right before a page that cannot be read */
static uint64_t seed;

/* As text for a message, with what is not printable as \xNN */
static const char *printable(const char *buf, size_t len)
{
	static char text[200];
	size_t n = 0, i;

	for (i = 0; i < len && n < sizeof(text) - 8; i++)
		n += snprintf(text + n, sizeof(text) - n,
			      buf[i] >= ' ' && buf[i] < 127 ? "%c" : "\\x%02x",
			      (unsigned char)buf[i]);
	snprintf(text + n, sizeof(text) - n, i < len ? "..." : "");
	return text;
}

static void check_taken(struct fuzz_file *f, const char *shows, size_t len)
{
	size_t i;

	f->taken++;
	fuzz_learn(f);
	if (*shows && strncmp(f->known, shows, strlen(shows)))
		fuzz_fault("%s shows \"%.60s\" after \"%s\"", f->path, f->known,
			   printable(input, len));
	if (f->kind == FUZZ_CLOCK &&
	    !memmem(f->known, f->known_len, memmem(input, len, "plain", 5) ? "mode plain" :
									   "mode ordered", 10))
		fuzz_fault("%s: another mode than \"%s\"", f->path, printable(input, len));
	if (f->kind == FUZZ_TEMPLATE && (f->known_len != len || memcmp(f->known, input, len)))
		fuzz_fault("%s is not the frame that was written", f->path);
	/* a threshold of bpf_memcpy_by_size()'s sets the other one */
	for (i = 0; f->kind == FUZZ_PARAMETER && i < fuzz_nfiles; i++)
		fuzz_learn(&fuzz_files[i]);
}

static void one_write(struct fuzz_file *f)
{
	size_t len = fuzz_input(f, input);
	off_t at = fuzz_below(8) ? 0 : 1 + fuzz_below(100);
	enum fuzz_fate fate;
	char shows[256];
	ssize_t n;

	fate = fuzz_expect(f, input, len, shows, sizeof(shows));
	/* one write is one frame: nothing can be in its middle */
	if (at && f->kind == FUZZ_TEMPLATE)
		fate = FUZZ_REFUSES;
	if (fate == FUZZ_AVOID)
		return;
	f->writes++;
	if (len && !fuzz_below(16)) {
		/* its end is not the writer's memory */
		size_t inside = fuzz_below(len > 64 ? 64 : len);

		memcpy(edge - inside, input, inside);
		n = fuzz_write(f, edge - inside, len, at);
		if (n >= 0 && (size_t)n > inside)
			fuzz_fault("%s takes %zd bytes of %zu that there are", f->path, n, inside);
		/* a parameter's file takes those */
		if (n >= 0 && f->kind != FUZZ_PARAMETER)
			fuzz_fault("%s takes memory that is not there", f->path);
		fate = n >= 0 ? FUZZ_EITHER : FUZZ_REFUSES;
	} else {
		n = fuzz_write(f, input, len, at);
	}
	/* where a file has no offsets */
	if (at && n == -ESPIPE) {
		fuzz_compare(f, "a write at an offset");
		return;
	}
	if (n >= 0 && fate == FUZZ_REFUSES)
		fuzz_fault("%s takes \"%s\", %zu bytes", f->path, printable(input, len), len);
	if (n < 0 && fate == FUZZ_TAKES)
		fuzz_fault("%s refuses \"%s\": %s", f->path, printable(input, len), strerror(-n));
	if (n < 0 && !fuzz_documented(f, -n))
		fuzz_fault("%s answers \"%s\" with: %s", f->path, printable(input, len),
			   strerror(-n));
	/* a parameter's file takes a page at most */
	if (n >= 0 && (size_t)n != len && f->kind != FUZZ_PARAMETER)
		fuzz_fault("%s takes %zd bytes of %zu", f->path, n, len);
	if (n < 0)
		fuzz_compare(f, printable(input, len));
	else
		check_taken(f, shows, len);
}

/* Reads what there is in pieces, from anywhere, until it is killed */
static pid_t start_reader(void)
{
	pid_t pid = fork();
	char buf[8192];

	if (pid)
		return pid;
	fuzz_seed(seed + 1);
	while (1) {
		struct fuzz_file *f = &fuzz_files[fuzz_below(fuzz_nfiles)];
		int fd = open(f->path, O_RDONLY | O_CLOEXEC), i;

		for (i = fuzz_below(4); fd >= 0 && i >= 0; i--) {
			if (fuzz_below(2))
				pread(fd, buf, 1 + fuzz_below(sizeof(buf)), fuzz_below(20000));
			else
				read(fd, buf, 1 + fuzz_below(sizeof(buf)));
		}
		close(fd);
		usleep(1000);
	}
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void count_writes(const char *what)
{
	unsigned long writes = 0, taken = 0, never = 0;
	size_t i;

	for (i = 0; i < fuzz_nfiles; i++) {
		writes += fuzz_files[i].writes;
		taken += fuzz_files[i].taken;
		never += !fuzz_files[i].writes;
	}
	ksft_print_msg("%s: %zu files, %lu writes, %lu taken\n", what, fuzz_nfiles, writes, taken);
	if (never)
		fuzz_fault("%lu files were never written to", never);
}

static void finish(const char *what)
{
	fuzz_put_back();
	if (hc_log_splats())
		fuzz_fault("the kernel complains");
	if (fuzz_faults)
		ksft_print_msg("to repeat it: HOOKCOST_FUZZ_SEED=%" PRIu64 "\n", seed);
	ksft_test_result(!fuzz_faults, "%s\n", what);
	fuzz_faults = 0;
}

/* Writes one at a time, and looks at what has become of each */
static void fuzz(const char *what, double seconds, void (*beside)(void *arg), void *arg)
{
	double end = now() + seconds;
	unsigned long n, i;
	pid_t reader;

	fuzz_seed(seed);
	reader = start_reader();
	for (n = 0; (now() < end || n < 4 * fuzz_nfiles) && fuzz_faults < 20; n++) {
		i = n < 2 * fuzz_nfiles ? n % fuzz_nfiles : fuzz_below(fuzz_nfiles);
		one_write(&fuzz_files[i]);
		if (n % EVERY)
			continue;
		fuzz_stop_generators();
		fuzz_compare_all("a write to another file");
		if (beside)
			beside(arg);
	}
	stop(reader);
	count_writes(what);
	finish(what);
}

/* Several at once: what each has set the next one undoes, so only the end is looked at */
static void fuzz_at_once(const char *what, double seconds)
{
	double end = now() + seconds;
	pid_t pid[WRITERS];
	int i;

	for (i = 0; i < WRITERS; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		fuzz_seed(seed + 2 + i);
		while (now() < end) {
			struct fuzz_file *f = &fuzz_files[fuzz_below(fuzz_nfiles)];
			size_t len = fuzz_input(f, input);
			char shows[256];

			if (fuzz_expect(f, input, len, shows, sizeof(shows)) != FUZZ_AVOID)
				fuzz_write(f, input, len, 0);
			if (!fuzz_below(32))
				fuzz_stop_generators();
		}
		_exit(0);
	}
	for (i = 0; i < WRITERS; i++) {
		int status;

		if (waitpid(pid[i], &status, 0) < 0 || status)
			fuzz_fault("writer %d ended with status %x", i, status);
	}
	finish(what);
}

/* hookcost's files under traffic */

struct traffic {
	struct hc_net net;
	struct hc_flow flow;
	struct hooks *progs;
	struct bpf_link *xdp, *tc;
};

static bool traffic_up(struct traffic *t)
{
	if (hc_net_up(&t->net) || hc_flow_open(&t->flow, &t->net, 0, AF_INET, SOCK_DGRAM))
		return false;
	t->flow.napi = true;
	t->progs = hooks__open_and_load();
	if (!t->progs)
		return false;
	t->xdp = hook_xdp(&t->net, "hc0b", t->progs->progs.xdp_pass);
	t->tc = hook_tcx(&t->net, "hc0b", t->progs->progs.tc_pass);
	return t->xdp && t->tc;
}

static void traffic_down(struct traffic *t)
{
	hc_flow_close(&t->flow);
	bpf_link__destroy(t->xdp);
	bpf_link__destroy(t->tc);
	hooks__destroy(t->progs);
	hc_net_down(&t->net);
}

/* Few: the native program may take a millisecond for each */
static void packets(void *arg)
{
	struct traffic *t = arg;

	if (hc_bursts(&t->flow, 3))
		fuzz_fault("packets are stuck");
}

/* A hook that is turned on after all that counts what comes, exactly */
static void counts(struct traffic *t)
{
	unsigned int before = t->flow.received;
	struct hc_hook hook;

	if (hc_all_off() || hc_set("enable", "xdp") || hc_bursts(&t->flow, 50)) {
		fuzz_fault("no hook can be turned on any more");
		return;
	}
	hc_drain(&t->flow, before + 50);
	if (hc_read_idle("xdp", &hook) || hc_seen(&hook) != 50)
		fuzz_fault("%" PRIu64 " samples of 50 packets", hc_seen(&hook));
	if (hc_all_off())
		fuzz_fault("not everything can be turned off");
}

static void fuzz_hookcost(double seconds)
{
	struct traffic t = {};

	if (hc_all_off() || !traffic_up(&t)) {
		ksft_test_result_fail("hookcost's files\n");
		ksft_test_result_fail("hookcost's files, several writers\n");
		return;
	}
	fuzz_forget();
	fuzz_find(HC_ROOT);
	/* where the names of netdevs are looked up */
	hc_enter(t.net.b);
	fuzz("hookcost's files", seconds, packets, &t);
	fuzz_at_once("hookcost's files, several writers", seconds / 4);
	hc_enter(t.net.home);
	counts(&t);
	ksft_test_result(!fuzz_faults, "hookcost counts as ever\n");
	fuzz_faults = 0;
	traffic_down(&t);
}

/* mlx5sim's, with the link up as far as what is written leaves it */

static void links(const char *command)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "for i in /sys/bus/pci/devices/*:40:00.*/net/*; do ip link set ${i##*/} %s; done",
		 command);
	if (system(text))
		fuzz_fault("cannot set the netdevs of mlx5sim %s", command);
}

static void fuzz_mlx5sim(double seconds)
{
	struct stat st;

	if (stat(SIM_ROOT, &st)) {
		ksft_test_result_skip("mlx5sim's files: it is not loaded\n");
		ksft_test_result_skip("mlx5sim's files, several writers: it is not loaded\n");
		return;
	}
	links("up");
	fuzz_forget();
	fuzz_find(SIM_ROOT);
	fuzz("mlx5sim's files", seconds, NULL, NULL);
	fuzz_at_once("mlx5sim's files, several writers", seconds / 4);
	links("down");
}

static void fuzz_parameters(double seconds)
{
	static const char *const modules[] = { "hookcost_kfunc", "hookcost_native", "mlx5sim" };
	char path[128];
	size_t i;

	fuzz_forget();
	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/parameters", modules[i]);
		if (!access(path, F_OK))
			fuzz_find(path);
	}
	if (!fuzz_nfiles) {
		ksft_test_result_skip("parameters: no module that has any is loaded\n");
		return;
	}
	fuzz("parameters", seconds, NULL, NULL);
}

static void on_alarm(int sig)
{
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

int main(void)
{
	/* no SA_RESTART: a write that waits is to end */
	struct sigaction action = { .sa_handler = on_alarm };
	double seconds = setting("HOOKCOST_FUZZ_SECONDS", SECONDS);
	long page = sysconf(_SC_PAGESIZE);

	ksft_print_header();
	hc_need_patches();
	ksft_set_plan(6);
	seed = setting("HOOKCOST_FUZZ_SEED", 1);
	ksft_print_msg("HOOKCOST_FUZZ_SEED=%" PRIu64 ", HOOKCOST_FUZZ_SECONDS=%.0f\n", seed,
		       seconds);
	sigaction(SIGALRM, &action, NULL);
	input = malloc(FUZZ_INPUT);
	edge = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!input || edge == MAP_FAILED || mprotect(edge + page, page, PROT_NONE))
		ksft_exit_fail_msg("no memory\n");
	edge += page;
	hc_log_begin();
	fuzz_hookcost(seconds * 0.35);
	fuzz_mlx5sim(seconds * 0.35);
	fuzz_parameters(seconds * 0.125);
	ksft_finished();
}
