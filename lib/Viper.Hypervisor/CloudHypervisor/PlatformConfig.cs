namespace Viper.Hypervisor;

/// <summary>Platform, firmware tables and confidential computing.</summary>
public sealed record PlatformConfig
{
    /// <summary>How many PCI segments there are, 1 to 96; 1 unless set.</summary>
    public int? NumPciSegments { get; init; }

    /// <summary>The segments whose devices all sit behind the virtual IOMMU.</summary>
    public IReadOnlyList<int>? IommuSegments { get; init; }

    /// <summary>The width of the IOMMU's addresses in bits, at most 64.</summary>
    public int? IommuAddressWidthBits { get; init; }

    /// <summary>SMBIOS: the serial number of the system.</summary>
    public string? SystemSerialNumber { get; init; }

    /// <summary>The older name of <see cref="SystemSerialNumber"/>; give only one of them.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>SMBIOS: the UUID of the system.</summary>
    public string? SystemUuid { get; init; }

    /// <summary>The older name of <see cref="SystemUuid"/>; give only one of them.</summary>
    public string? Uuid { get; init; }

    /// <summary>SMBIOS: free strings that the guest can read.</summary>
    public IReadOnlyList<string>? OemStrings { get; init; }

    /// <summary>SMBIOS: the maker.</summary>
    public string? SystemManufacturer { get; init; }

    /// <summary>SMBIOS: the product.</summary>
    public string? SystemProductName { get; init; }

    /// <summary>SMBIOS: the version.</summary>
    public string? SystemVersion { get; init; }

    /// <summary>SMBIOS: the family.</summary>
    public string? SystemFamily { get; init; }

    /// <summary>SMBIOS: the stock number.</summary>
    public string? SystemSkuNumber { get; init; }

    /// <summary>SMBIOS: the asset tag of the chassis.</summary>
    public string? ChassisAssetTag { get; init; }

    /// <summary>Whether the guest is an Intel TDX guest; off unless set.</summary>
    public bool? Tdx { get; init; }

    /// <summary>Whether the guest is an AMD SEV-SNP guest; off unless set.</summary>
    public bool? SevSnp { get; init; }

    /// <summary>Whether VFIO goes through <c>/dev/iommu</c>; off unless set.</summary>
    public bool? Iommufd { get; init; }

    /// <summary>Whether devices of the host may reach each other's memory; on unless set.</summary>
    public bool? VfioP2pDma { get; init; }
}
