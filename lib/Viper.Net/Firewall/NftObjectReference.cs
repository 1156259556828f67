using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Uses a named object, or the one that a map gives for the key in a register.</summary>
public sealed record NftObjectReference : NftExpression
{
    /// <summary>Uses the object of this name.</summary>
    public NftObjectReference(NftObjectKind kind, string name)
    {
        Kind = kind;
        ObjectName = name;
    }

    /// <summary>Uses the object that the map gives; a key without one does not match.</summary>
    public NftObjectReference(string map, NftRegister register = default)
    {
        Map = map;
        Register = register;
    }

    /// <summary>The kind of the named object.</summary>
    public NftObjectKind Kind { get; }

    /// <summary>The name of the object, or null where a map gives it.</summary>
    public string? ObjectName { get; }

    /// <summary>The map of objects.</summary>
    public string? Map { get; }

    /// <summary>Where the key is.</summary>
    public NftRegister Register { get; }

    internal override string Name => "objref";

    internal override void WriteData(ref MessageWriter writer)
    {
        if (ObjectName is not null)
        {
            writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_OBJREF_IMM_TYPE, (uint)Kind);
            writer.AttributeText(NftObjectConstants.NFTA_OBJREF_IMM_NAME, ObjectName);
            return;
        }

        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_OBJREF_SET_SREG, Register.Wire);
        writer.AttributeText(NftObjectConstants.NFTA_OBJREF_SET_NAME, Map!);
    }
}
