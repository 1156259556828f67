namespace Viper.State;

/// <summary>A value that a change may name or leave out; naming null is not the same as leaving it out.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>Assign the plain value: <c>new VmChange { Status = "running", StatusReason = null }</c>.</remarks>
public readonly struct FieldChange<T> : IEquatable<FieldChange<T>>
{
    private readonly T _value;

    /// <summary>Names a value.</summary>
    /// <param name="value">The value.</param>
    public FieldChange(T value)
    {
        _value = value;
        IsSet = true;
    }

    /// <summary>Gets whether a value was named.</summary>
    public bool IsSet { get; }

    /// <summary>Names a value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator FieldChange<T>(T value) => new(value);

    /// <summary>Compares two of them.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(FieldChange<T> left, FieldChange<T> right) => left.Equals(right);

    /// <summary>Compares two of them.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(FieldChange<T> left, FieldChange<T> right) => !left.Equals(right);

    /// <summary>Gives the named value, or <paramref name="current"/> where none was named.</summary>
    /// <param name="current">The value that stays.</param>
    public T Or(T current) => IsSet ? _value : current;

    /// <inheritdoc/>
    public bool Equals(FieldChange<T> other) =>
        IsSet == other.IsSet && EqualityComparer<T>.Default.Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldChange<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsSet, _value);
}
