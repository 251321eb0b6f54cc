import { useCallback, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";

interface Post {
  id: number;
  title: string;
  body: string;
  tags: string[];
  likes?: number;
}

type Status = "idle" | "loading" | "failed";

interface FeedProps {
  source: string;
  pageSize?: number;
  renderEmpty?: () => ReactNode;
}

async function fetchPosts(source: string, page: number, signal: AbortSignal): Promise<Post[]> {
  const response = await fetch(`${source}?page=${page}`, { signal });
  if (!response.ok) {
    throw new Error(`the feed answered ${response.status}`);
  }
  return (await response.json()) as Post[];
}

export function Feed({ source, pageSize = 20, renderEmpty }: FeedProps) {
  const [posts, setPosts] = useState<Post[]>([]);
  const [status, setStatus] = useState<Status>("idle");
  const [filter, setFilter] = useState("");

  useEffect(() => {
    const controller = new AbortController();
    setStatus("loading");
    fetchPosts(source, 1, controller.signal)
      .then((found) => {
        setPosts(found.slice(0, pageSize));
        setStatus("idle");
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) {
          console.error(error);
          setStatus("failed");
        }
      });
    return () => controller.abort();
  }, [source, pageSize]);

  const visible = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return wanted === "" ? posts : posts.filter((post) => post.tags.some((tag) => tag.includes(wanted)));
  }, [posts, filter]);

  const like = useCallback((id: number) => {
    setPosts((old) => old.map((post) => (post.id === id ? { ...post, likes: (post.likes ?? 0) + 1 } : post)));
  }, []);

  if (status === "failed") {
    return <p role="alert">The feed could not be read.</p>;
  }

  return (
    <section className="feed">
      <input
        value={filter}
        placeholder="Filter by tag"
        onChange={(event) => setFilter(event.target.value)}
      />
      {visible.length === 0 && renderEmpty ? renderEmpty() : null}
      <ul>
        {visible.map((post) => (
          <li key={post.id}>
            <h3>{post.title}</h3>
            <p>{post.body}</p>
            <button type="button" onClick={() => like(post.id)}>
              {post.likes ?? 0} likes
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
