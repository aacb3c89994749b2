// SPDX-License-Identifier: GPL-2.0-only
/* Memory keys: what an address in a work request stands for, and UMR */

#include <linux/log2.h>
#include <linux/mlx5/qp.h>
#include <linux/slab.h>

#include "dma.h"
#include "mkey.h"
#include "mlx5sim.h"

#define MAX_DEPTH	4	/* keys that refer to keys */

static int copy_dma(struct mlx5sim_port *port, u64 addr, u8 *buf, u32 len,
		    bool write)
{
	void *mem = mlx5sim_dma_ptr(port, addr, len, write);

	if (!mem)
		return -EFAULT;
	if (write)
		memcpy(mem, buf, len);
	else
		memcpy(buf, mem, len);
	return 0;
}

/* The KLM that holds offset @off; they are in order of their starts */
static u32 find_klm(const struct mlx5sim_mkey *mkey, u64 off)
{
	u32 low = 0, high = mkey->n;

	while (high - low > 1) {
		u32 mid = (low + high) / 2;

		if (mkey->klm[mid].start <= off)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static int copy(struct mlx5sim_port *port, u32 key, u64 va, u8 *buf, u32 len,
		bool write, int depth)
{
	struct mlx5sim_mkey *mkey = mlx5sim_obj_get(port, MLX5SIM_MKEY, key >> 8);
	int err = 0;
	u64 off;

	if (!mkey || mkey->low != (key & 0xff) || depth > MAX_DEPTH ||
	    !(write ? mkey->write : mkey->read))
		return -EACCES;
	if (mkey->mode == MLX5_MKC_ACCESS_MODE_PA)
		return copy_dma(port, va, buf, len, write);
	off = va - mkey->start;
	if (va < mkey->start || len > mkey->len || off > mkey->len - len ||
	    !mkey->n)
		return -EACCES;

	while (len && !err) {
		u32 n, in, i;

		if (mkey->mode == MLX5_MKC_ACCESS_MODE_KLMS) {
			const struct mlx5sim_klm *klm;

			i = find_klm(mkey, off);
			klm = &mkey->klm[i];
			in = off - klm->start;
			if (in >= klm->bytes)
				return -EACCES;
			n = min(len, klm->bytes - in);
			err = copy(port, klm->key, klm->va + in, buf, n, write,
				   depth + 1);
		} else {
			i = off >> mkey->log_page;
			in = off & (BIT_ULL(mkey->log_page) - 1);
			n = min_t(u64, len, BIT_ULL(mkey->log_page) - in);
			if (i >= mkey->n)
				return -EACCES;
			if (mkey->mode == MLX5_MKC_ACCESS_MODE_MTT)
				err = copy_dma(port, mkey->mtt[i] + in, buf, n,
					       write);
			else
				err = copy(port, mkey->klm[i].key,
					   mkey->klm[i].va + in, buf, n, write,
					   depth + 1);
		}
		buf += n;
		off += n;
		len -= n;
	}
	return err;
}

/**
 * mlx5sim_mkey_copy - copy between the device and the host
 * @port: the function
 * @key: memory key
 * @va: address in the key's space
 * @buf: the device's memory
 * @len: bytes
 * @write: to the host
 *
 * Return: 0, -EACCES if the key does not grant it, -EFAULT if what it stands
 * for is not mapped.
 */
int mlx5sim_mkey_copy(struct mlx5sim_port *port, u32 key, u64 va, void *buf,
		      u32 len, bool write)
{
	return copy(port, key, va, buf, len, write, 0);
}

/* Starts of the KLMs from @first on, as far as they have moved */
static void place_klms(struct mlx5sim_mkey *mkey, u32 first, u32 last)
{
	u32 i;

	for (i = first; i < mkey->n; i++) {
		u64 start = i ? mkey->klm[i - 1].start + mkey->klm[i - 1].bytes
			      : 0;

		if (i > last && mkey->klm[i].start == start)
			return;
		mkey->klm[i].start = start;
	}
}

/**
 * mlx5sim_mkey_load - fill a range of a key's translation
 * @mkey: the key
 * @first: first entry
 * @n: number of entries
 * @entries: in the form of the key's mode
 *
 * Return: 0, -EINVAL if the range is not the key's.
 */
int mlx5sim_mkey_load(struct mlx5sim_mkey *mkey, u32 first, u32 n,
		      const void *entries)
{
	const struct mlx5_klm *klm = entries;
	const __be64 *mtt = entries;
	u32 i;

	if (!mkey->n || first > mkey->n || n > mkey->n - first)
		return -EINVAL;
	if (mkey->mode == MLX5_MKC_ACCESS_MODE_MTT) {
		for (i = 0; i < n; i++)	/* the lowest bits are permissions */
			mkey->mtt[first + i] = be64_to_cpu(mtt[i]) & ~7ULL;
		return 0;
	}
	for (i = 0; i < n; i++) {
		mkey->klm[first + i].bytes = be32_to_cpu(klm[i].bcount);
		mkey->klm[first + i].key = be32_to_cpu(klm[i].key);
		mkey->klm[first + i].va = be64_to_cpu(klm[i].va);
	}
	if (mkey->mode == MLX5_MKC_ACCESS_MODE_KLMS && n)
		place_klms(mkey, first, first + n - 1);
	return 0;
}

/**
 * mlx5sim_umr - a UMR WQE: new entries for a key's translation, inline
 * @port: the function
 * @wqe: linear copy of the WQE
 * @ds: its length in units of 16 bytes
 *
 * Return: 0, -EINVAL if it is malformed, or its key is not open to UMR.
 */
int mlx5sim_umr(struct mlx5sim_port *port, const u8 *wqe, u32 ds)
{
	const struct mlx5_wqe_ctrl_seg *ctrl = (const void *)wqe;
	const struct mlx5_wqe_umr_ctrl_seg *umr = (const void *)(ctrl + 1);
	const u8 *entries = (const u8 *)(umr + 1) + sizeof(struct mlx5_mkey_seg);
	u32 key = be32_to_cpu(ctrl->umr_mkey), off, n;
	struct mlx5sim_mkey *mkey;

	if (ds * MLX5_SEND_WQE_DS < entries - wqe || !(umr->flags & MLX5_UMR_INLINE))
		return -EINVAL;
	mkey = mlx5sim_obj_get(port, MLX5SIM_MKEY, key >> 8);
	if (!mkey || !mkey->umr || mkey->low != (key & 0xff))
		return -EINVAL;
	n = be16_to_cpu(umr->xlt_octowords);
	off = 0;
	if (umr->flags & MLX5_UMR_TRANSLATION_OFFSET_EN)
		off = be16_to_cpu(umr->xlt_offset) |
		      be32_to_cpu(umr->xlt_offset_47_16) << 16;
	if (n * MLX5_SEND_WQE_DS > ds * MLX5_SEND_WQE_DS - (entries - wqe))
		return -EINVAL;
	/* two MTTs in an octword, one KLM */
	if (mkey->mode == MLX5_MKC_ACCESS_MODE_MTT) {
		n *= 2;
		off *= 2;
	}
	return mlx5sim_mkey_load(mkey, off, n, entries);
}
