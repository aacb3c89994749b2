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
#include <ftw.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "fuzz.h"
#include "health.h"
#include "hooks.h"
#include "hooks.skel.h"

#define SIM_ROOT	"/sys/kernel/debug/mlx5sim"
#define FILES_MAX	96
#define SECONDS		8
#define EVERY		16	/* writes between two looks at all files */
#define PATIENCE_MS	50	/* for a write that waits */
#define WRITERS		4

static struct fuzz_file files[FILES_MAX];
static size_t nfiles;
static unsigned int faults;
static char *input, *edge;	/* edge: right before a page that cannot be read */
static uint64_t seed;

__attribute__((format(printf, 1, 2)))
static void fault(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (faults++ < 20)
		ksft_print_msg("%s\n", text);
}

/* By the last parts of their paths; delays are not made so long that they would be waited for */
static const struct {
	const char *name;
	enum fuzz_kind kind;
	uint64_t min, max;
} known_files[] = {
	{ "/hookcost/enable", FUZZ_ENABLE },
	{ "/hookcost/reset", FUZZ_RESET },
	{ "/hookcost/clock", FUZZ_CLOCK },
	{ "/hookcost/device", FUZZ_DEVICE },
	{ "/hookcost/native", FUZZ_NATIVE, 0, 1000000 },
	{ "/cable", FUZZ_NUMBER, 0, 1 },
	{ "/drop_ppm", FUZZ_NUMBER, 0, 1000000 },
	{ "/dup_ppm", FUZZ_NUMBER, 0, 1000000 },
	{ "/corrupt_ppm", FUZZ_NUMBER, 0, 1000000 },
	{ "/delay_us", FUZZ_NUMBER, 0, 1000000 },
	{ "/clock_offset", FUZZ_SIGNED, 0, INT64_MAX },
	{ "/clock_frozen", FUZZ_NUMBER, 0, UINT64_MAX },
	{ "/inject", FUZZ_INJECT },
	{ "/fault", FUZZ_FAULT, 0, UINT32_MAX },
	{ "/gen/flows", FUZZ_NUMBER, 1, 1 << 20 },
	{ "/gen/zipf_milli", FUZZ_NUMBER, 0, 4000 },
	{ "/gen/burst", FUZZ_NUMBER, 1, 1024 },
	{ "/gen/rate", FUZZ_NUMBER, 0, 1000000000 },
	{ "/gen/template", FUZZ_TEMPLATE },
	{ "/gen/start", FUZZ_START, 0, 100000 },
	{ "/gen/run", FUZZ_RUN, 0, 100000 },
	{ "/gen/stop", FUZZ_STOP, 0, 1 },
	{ "/parameters/", FUZZ_PARAMETER, 0, UINT32_MAX },
};

static ssize_t show(const struct fuzz_file *f, char *buf, size_t size)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += n;
	if (fd >= 0)
		close(fd);
	if (n) {
		fault("%s cannot be read: %s", f->path, strerror(n < 0 ? errno : EFBIG));
		return -1;
	}
	/* the floors are measured anew each time */
	if (f->kind == FUZZ_CLOCK) {
		char *floors = memmem(buf, len, "\nfloor", 6);

		len = floors ? (size_t)(floors - buf) : len;
	}
	return len;
}

static void learn(struct fuzz_file *f)
{
	ssize_t n = f->shows ? show(f, f->known, sizeof(f->known)) : 0;

	f->known_len = n < 0 ? 0 : n;
}

static void compare(const struct fuzz_file *f, const char *when)
{
	static char now[FUZZ_SHOWN];
	ssize_t n = f->shows ? show(f, now, sizeof(now)) : 0;

	if (f->shows && (n != (ssize_t)f->known_len || memcmp(now, f->known, n)))
		fault("%s has changed by %s: \"%.*s\", it was \"%.*s\"", f->path, when,
		      n > 60 ? 60 : (int)n, now,
		      f->known_len > 60 ? 60 : (int)f->known_len, f->known);
}

static void compare_all(const char *when)
{
	size_t i;

	for (i = 0; i < nfiles; i++)
		compare(&files[i], when);
}

static int add(const char *path, const struct stat *st, int type)
{
	struct fuzz_file *f = &files[nfiles];
	size_t i;

	if (type != FTW_F || !(st->st_mode & 0222))
		return 0;
	for (i = 0; i < ARRAY_SIZE(known_files); i++)
		if (strstr(path, known_files[i].name))
			break;
	if (i == ARRAY_SIZE(known_files) || nfiles == FILES_MAX) {
		fault("%s can be written to, and this test does not know how", path);
		return 0;
	}
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->kind = known_files[i].kind;
	f->min = known_files[i].min;
	f->max = known_files[i].max;
	f->shows = st->st_mode & 0444;
	learn(f);
	memcpy(f->initial, f->known, sizeof(f->known));
	f->initial_len = f->known_len;
	nfiles++;
	return 0;
}

static void find_files(const char *root)
{
	memset(files, 0, sizeof(files));
	nfiles = 0;
	if (ftw(root, add, 16))
		fault("cannot look through %s: %s", root, strerror(errno));
}

static ssize_t write_to(const struct fuzz_file *f, const char *buf, size_t len, off_t at)
{
	/* what waits longer than that is interrupted, and that is documented */
	struct itimerval soon = { .it_value.tv_usec = PATIENCE_MS * 1000 }, never = {};
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (f->kind == FUZZ_RUN)
		setitimer(ITIMER_REAL, &soon, NULL);
	n = at ? pwrite(fd, buf, len, at) : write(fd, buf, len);
	n = n < 0 ? -errno : n;
	setitimer(ITIMER_REAL, &never, NULL);
	close(fd);
	return n;
}

static void stop_generators(void)
{
	size_t i;

	for (i = 0; i < nfiles; i++)
		if (files[i].kind == FUZZ_STOP && write_to(&files[i], "1", 1, 0) != 1)
			fault("%s is refused", files[i].path);
}

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
	learn(f);
	if (*shows && strncmp(f->known, shows, strlen(shows)))
		fault("%s shows \"%.60s\" after \"%s\"", f->path, f->known,
		      printable(input, len));
	if (f->kind == FUZZ_CLOCK &&
	    !memmem(f->known, f->known_len, memmem(input, len, "plain", 5) ? "mode plain" :
									   "mode ordered", 10))
		fault("%s: another mode than \"%s\"", f->path, printable(input, len));
	if (f->kind == FUZZ_TEMPLATE && (f->known_len != len || memcmp(f->known, input, len)))
		fault("%s is not the frame that was written", f->path);
	/* a threshold of bpf_memcpy()'s sets the other one */
	for (i = 0; f->kind == FUZZ_PARAMETER && i < nfiles; i++)
		learn(&files[i]);
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
		n = write_to(f, edge - inside, len, at);
		if (n >= 0 && (size_t)n > inside)
			fault("%s takes %zd bytes of %zu that there are", f->path, n, inside);
		/* a parameter's file takes those */
		if (n >= 0 && f->kind != FUZZ_PARAMETER)
			fault("%s takes memory that is not there", f->path);
		fate = n >= 0 ? FUZZ_EITHER : FUZZ_REFUSES;
	} else {
		n = write_to(f, input, len, at);
	}
	/* where a file has no offsets */
	if (at && n == -ESPIPE) {
		compare(f, "a write at an offset");
		return;
	}
	if (n >= 0 && fate == FUZZ_REFUSES)
		fault("%s takes \"%s\", %zu bytes", f->path, printable(input, len), len);
	if (n < 0 && fate == FUZZ_TAKES)
		fault("%s refuses \"%s\": %s", f->path, printable(input, len), strerror(-n));
	if (n < 0 && !fuzz_documented(f, -n))
		fault("%s answers \"%s\" with: %s", f->path, printable(input, len), strerror(-n));
	/* a parameter's file takes a page at most */
	if (n >= 0 && (size_t)n != len && f->kind != FUZZ_PARAMETER)
		fault("%s takes %zd bytes of %zu", f->path, n, len);
	if (n < 0)
		compare(f, printable(input, len));
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
		struct fuzz_file *f = &files[fuzz_below(nfiles)];
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

static void put_one_back(const struct fuzz_file *f)
{
	const char *text = f->initial;
	size_t len = f->initial_len;
	ssize_t n;

	if (f->kind == FUZZ_NATIVE || f->kind == FUZZ_CLOCK) {
		text = f->kind == FUZZ_NATIVE ? "off" : "plain";
		len = strlen(text);
	}
	n = write_to(f, text, len, 0);
	if (n != (ssize_t)len)
		fault("%s does not take what it showed: %s", f->path, strerror(-n));
}

/* Which writing to another parameter sets, as is documented */
static bool set_by_another(const struct fuzz_file *f)
{
	return strstr(f->path, "/rep_movs_short");
}

/* What was set before; a valid write does it, whatever came before that */
static void put_back(void)
{
	size_t i;

	stop_generators();
	for (i = 0; i < nfiles; i++)
		if (files[i].shows && !set_by_another(&files[i]))
			put_one_back(&files[i]);
	for (i = 0; i < nfiles; i++)
		if (files[i].shows && set_by_another(&files[i]))
			put_one_back(&files[i]);
	for (i = 0; i < nfiles; i++) {
		memcpy(files[i].known, files[i].initial, sizeof(files[i].known));
		files[i].known_len = files[i].initial_len;
		compare(&files[i], "putting it back");
	}
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

	for (i = 0; i < nfiles; i++) {
		writes += files[i].writes;
		taken += files[i].taken;
		never += !files[i].writes;
	}
	ksft_print_msg("%s: %zu files, %lu writes, %lu taken\n", what, nfiles, writes, taken);
	if (never)
		fault("%lu files were never written to", never);
}

static void finish(const char *what)
{
	put_back();
	if (hc_log_splats())
		fault("the kernel complains");
	if (faults)
		ksft_print_msg("to repeat it: HOOKCOST_FUZZ_SEED=%" PRIu64 "\n", seed);
	ksft_test_result(!faults, "%s\n", what);
	faults = 0;
}

/* Writes one at a time, and looks at what has become of each */
static void fuzz(const char *what, double seconds, void (*beside)(void *arg), void *arg)
{
	double end = now() + seconds;
	unsigned long n;
	pid_t reader;

	fuzz_seed(seed);
	reader = start_reader();
	for (n = 0; (now() < end || n < 4 * nfiles) && faults < 20; n++) {
		one_write(&files[n < 2 * nfiles ? n % nfiles : fuzz_below(nfiles)]);
		if (n % EVERY)
			continue;
		stop_generators();
		compare_all("a write to another file");
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
			struct fuzz_file *f = &files[fuzz_below(nfiles)];
			size_t len = fuzz_input(f, input);
			char shows[256];

			if (fuzz_expect(f, input, len, shows, sizeof(shows)) != FUZZ_AVOID)
				write_to(f, input, len, 0);
			if (!fuzz_below(32))
				stop_generators();
		}
		_exit(0);
	}
	for (i = 0; i < WRITERS; i++) {
		int status;

		if (waitpid(pid[i], &status, 0) < 0 || status)
			fault("writer %d ended with status %x", i, status);
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
		fault("packets are stuck");
}

/* A hook that is turned on after all that counts what comes, exactly */
static void counts(struct traffic *t)
{
	unsigned int before = t->flow.received;
	struct hc_hook hook;

	if (hc_all_off() || hc_set("enable", "xdp") || hc_bursts(&t->flow, 50)) {
		fault("no hook can be turned on any more");
		return;
	}
	hc_drain(&t->flow, before + 50);
	if (hc_read_idle("xdp", &hook) || hc_seen(&hook) != 50)
		fault("%" PRIu64 " samples of 50 packets", hc_seen(&hook));
	if (hc_all_off())
		fault("not everything can be turned off");
}

static void fuzz_hookcost(double seconds)
{
	struct traffic t = {};

	if (hc_all_off() || !traffic_up(&t)) {
		ksft_test_result_fail("hookcost's files\n");
		ksft_test_result_fail("hookcost's files, several writers\n");
		return;
	}
	find_files(HC_ROOT);
	fuzz("hookcost's files", seconds, packets, &t);
	fuzz_at_once("hookcost's files, several writers", seconds / 4);
	counts(&t);
	ksft_test_result(!faults, "hookcost counts as ever\n");
	faults = 0;
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
		fault("cannot set the netdevs of mlx5sim %s", command);
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
	find_files(SIM_ROOT);
	fuzz("mlx5sim's files", seconds, NULL, NULL);
	fuzz_at_once("mlx5sim's files, several writers", seconds / 4);
	links("down");
}

static void fuzz_parameters(double seconds)
{
	static const char *const modules[] = { "hookcost_kfunc", "hookcost_native", "mlx5sim" };
	char path[128];
	size_t i;

	memset(files, 0, sizeof(files));
	nfiles = 0;
	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/parameters", modules[i]);
		ftw(path, add, 16);
	}
	if (!nfiles) {
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
