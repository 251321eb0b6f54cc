using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Example.Inventory;

public enum Unit
{
    Piece,
    Kilogram,
    Litre,
}

public sealed record Item(string Code, string Name, decimal Quantity, Unit Unit);

public interface IStore
{
    Task<Item?> FindAsync(string code, CancellationToken token = default);
    Task AddAsync(Item item, CancellationToken token = default);
}

public sealed class MemoryStore : IStore
{
    private readonly Dictionary<string, Item> items = new();
    private readonly SemaphoreSlim gate = new(1, 1);

    public event EventHandler<Item>? Changed;

    public int Count => items.Count;

    public async Task<Item?> FindAsync(string code, CancellationToken token = default)
    {
        await gate.WaitAsync(token);
        try
        {
            return items.TryGetValue(code, out var item) ? item : null;
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task AddAsync(Item item, CancellationToken token = default)
    {
        if (string.IsNullOrWhiteSpace(item.Code))
        {
            throw new ArgumentException("An item needs a code.", nameof(item));
        }

        await gate.WaitAsync(token);
        try
        {
            if (items.TryGetValue(item.Code, out var known))
            {
                items[item.Code] = known with { Quantity = known.Quantity + item.Quantity };
            }
            else
            {
                items.Add(item.Code, item);
            }
        }
        finally
        {
            gate.Release();
        }

        Changed?.Invoke(this, item);
    }

    public IEnumerable<Item> Scarce(decimal least)
    {
        return items.Values
            .Where(item => item.Quantity < least)
            .OrderBy(item => item.Quantity)
            .ThenBy(item => item.Name);
    }
}
