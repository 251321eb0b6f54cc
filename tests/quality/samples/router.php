<?php

declare(strict_types=1);

namespace Example\Http;

final class Router
{
    /** @var array<string, callable> */
    private array $routes = [];

    public function __construct(private readonly string $base = '/')
    {
    }

    public function get(string $path, callable $handler): self
    {
        $this->routes['GET ' . $this->normalise($path)] = $handler;

        return $this;
    }

    public function dispatch(string $method, string $uri): string
    {
        $path = parse_url($uri, PHP_URL_PATH) ?: '/';
        $key = strtoupper($method) . ' ' . $this->normalise($path);
        if (!isset($this->routes[$key])) {
            http_response_code(404);
            return 'not found';
        }
        try {
            return ($this->routes[$key])($this->query($uri));
        } catch (\InvalidArgumentException $error) {
            http_response_code(400);
            return $error->getMessage();
        }
    }

    private function query(string $uri): array
    {
        $query = [];
        foreach (explode('&', parse_url($uri, PHP_URL_QUERY) ?? '') as $pair) {
            if ($pair === '') {
                continue;
            }
            [$name, $value] = array_pad(explode('=', $pair, 2), 2, '');
            $query[urldecode($name)] = urldecode($value);
        }
        return $query;
    }

    private function normalise(string $path): string
    {
        return rtrim($this->base, '/') . '/' . trim($path, '/');
    }
}
