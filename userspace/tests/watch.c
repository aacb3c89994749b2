// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "unit.h"
#include "watch/report.h"

static struct watch_cpu cpu;
static struct watch_hist hist, earlier;

static void take(uint64_t ns)
{
	cpu.runs++;
	cpu.sum += ns;
	if (ns > cpu.max)
		cpu.max = ns;
	cpu.bucket[watch_bucket(ns)]++;
}

static void clear(void)
{
	memset(&cpu, 0, sizeof(cpu));
	memset(&hist, 0, sizeof(hist));
	memset(&earlier, 0, sizeof(earlier));
}

/* Each time has a bucket, in order, none narrower than a ns or wider than 1/32 of its times */
static void buckets(void)
{
	uint64_t ns, begin = 0;
	uint32_t last = 0, i;

	for (ns = 1; ns < 1ULL << WATCH_BITS; ns += 1 + ns / 1000) {
		i = watch_bucket(ns);
		if (i == last)
			continue;
		CHECK(i == last + 1);
		CHECK(ns - begin <= 2 + begin / (WATCH_SUB / 2));
		begin = ns;
		last = i;
	}
	CHECK_INT(watch_bucket(0), 0);
	CHECK_INT(watch_bucket((1ULL << WATCH_BITS) - 1), WATCH_BUCKETS - 1);
	CHECK_INT(watch_bucket(1ULL << WATCH_BITS), WATCH_BUCKETS - 1);
	CHECK_INT(watch_bucket(UINT64_MAX), WATCH_BUCKETS - 1);
}

/* Quantiles are those of the times themselves, but for a bucket's width */
static void quantiles(void)
{
	static const double q[] = { 0, 0.1, 0.5, 0.9, 0.99, 0.999, 1 };
	enum { N = 20000 };
	double *v = xcalloc(N, sizeof(*v)), low, high;
	unsigned int seed = 7;
	struct stats s;
	size_t i;

	clear();
	for (i = 0; i < N; i++) {
		uint64_t ns = 20 + (uint64_t)exp(rand_r(&seed) / (double)RAND_MAX * 14);

		v[i] = (double)ns;
		take(ns);
	}
	watch_hist_add(&hist, &cpu);
	stats_of(v, N, &s);
	CHECK_INT(hist.runs, N);
	CHECK_NEAR((double)hist.sum / N, s.mean, s.mean * EPS);
	CHECK_INT(hist.max, s.max);
	for (i = 0; i < sizeof(q) / sizeof(*q); i++) {
		double want = stats_quantile(v, N, q[i]);

		CHECK_NEAR(watch_hist_quantile(&hist, q[i]), want, 1 + want / WATCH_SUB);
	}
	CHECK_NEAR(watch_hist_mean(&hist, 1), s.mean, s.mean / WATCH_SUB);
	CHECK(watch_hist_mean(&hist, 0.9) < s.mean / 2);
	watch_hist_interval(&hist, &low, &high);
	CHECK(low < s.median && s.median < high && high - low < s.median / 3);
	free(v);
}

static void few(void)
{
	double low, high;

	clear();
	CHECK(isnan(watch_hist_quantile(&hist, 0.5)));
	take(40);
	watch_hist_add(&hist, &cpu);
	CHECK_NEAR(watch_hist_quantile(&hist, 0.5), 40, 1);
	CHECK_NEAR(watch_hist_quantile(&hist, 1), 40, 0);
	watch_hist_interval(&hist, &low, &high);
	CHECK(isnan(low) && isnan(high));
}

/* An interval has what came in it: the longest run of all was before */
static void since(void)
{
	clear();
	take(100000);
	cpu.lost = 2;
	watch_hist_add(&earlier, &cpu);
	take(50);
	take(60);
	cpu.lost = 3;
	watch_hist_add(&hist, &cpu);
	watch_hist_since(&hist, &earlier);
	CHECK_INT(hist.runs, 2);
	CHECK_INT(hist.lost, 1);
	CHECK_INT(hist.sum, 110);
	CHECK(hist.max >= 60 && hist.max < 64);
	watch_hist_since(&hist, &hist);
	CHECK_INT(hist.max, 0);
}

static struct watched program = { .id = 7, .name = "a\"b", .type = "xdp" };

/* The probe's own time is taken off, never more than there is; runs that were lost have run */
static void row(void)
{
	struct watch_floor floor = { .median = 30, .mean = 31 };
	struct watch_sample none = { 0 };
	struct watch_row r = { .program = &program, .timed = true, .seconds = 2 };
	size_t i;

	clear();
	for (i = 0; i < 99; i++)
		take(130);
	take(20);
	cpu.lost = 100;
	watch_hist_add(&r.since, &cpu);
	r.total = r.since;
	watch_row_fill(&r, &none, &floor);
	CHECK_NEAR(r.median, 100, 4);
	CHECK_NEAR(r.max, 100, 0);
	CHECK_NEAR(r.mean, (99 * 130 + 20 - 100 * 31) / 100.0, EPS);
	CHECK_NEAR(r.per_second, 100, EPS);
	CHECK_NEAR(r.share, r.mean * 100 / 1e9, EPS);
}

static void by_statistics(void)
{
	struct watch_sample grown = { .runs = 4, .ns = 1000 };
	struct watch_row r = { .program = &program, .seconds = 2 };

	watch_row_fill(&r, &grown, NULL);
	CHECK_NEAR(r.mean, 250, EPS);
	CHECK_NEAR(r.per_second, 2, EPS);
	CHECK(isnan(r.median) && isnan(r.p999));
	grown.jiffies = true;
	watch_row_fill(&r, &grown, NULL);
	CHECK(isnan(r.mean) && isnan(r.share));
	CHECK_NEAR(r.per_second, 2, EPS);
	grown.jiffies = false;
	grown.runs = 0;
	watch_row_fill(&r, &grown, NULL);
	CHECK(isnan(r.mean));
}

/* A name's quotation mark does not end the label; no times where there are none */
static void metrics(void)
{
	struct watch_row r = { .program = &program, .timed = true, .seconds = 1 };
	struct watch_sample none = { 0 };
	char *text;

	clear();
	take(20);
	watch_hist_add(&r.since, &cpu);
	r.total = r.since;
	watch_row_fill(&r, &none, NULL);
	text = watch_prometheus(&r, 1, NULL, VALIDITY_VALID);
	CHECK_HAS(text, "run_seconds_count{id=\"7\",name=\"a\\\"b\",type=\"xdp\"} 1\n");
	CHECK_HAS(text, "quantile=\"0.999\"} 2e-08\n");
	CHECK(!strstr(text, "mean_seconds"));
	free(text);
	text = watch_prometheus(&r, 1, NULL, VALIDITY_EMULATED);
	CHECK(!strstr(text, "quantile=") && strstr(text, "run_seconds_count"));
	free(text);
}

const struct unit watch_units[] = {
	{ "watch: each time has its bucket", buckets },
	{ "watch: quantiles", quantiles },
	{ "watch: few runs", few },
	{ "watch: an interval", since },
	{ "watch: a program's row", row },
	{ "watch: by the kernel's statistics", by_statistics },
	{ "watch: metrics for Prometheus", metrics },
	{ 0 }
};
