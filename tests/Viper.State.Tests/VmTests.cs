using System.Net;

namespace Viper.State.Tests;

public sealed class VmTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly FixedClock _clock = new();
    private readonly StateStore _store;

    public VmTests()
    {
        _store = StateStore.Open(_folder.Database, Vms.NoRest with { Time = _clock });
        _store.SeedPool(Vms.Subnet, Vms.Gateway);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void CreateVm_FreshName_GivesRowLeaseAndEventThatAgree()
    {
        NewVm wish = Vms.New("a") with
        {
            KernelCmdline = "quiet",
            LabelsJson = "{\"k\":\"v\"}",
            SpecJson = "[1]",
            Hypervisor = "qemu",
            TapName = "tap0",
            Owner = "ann",
        };

        var made = Assert.IsType<CreateVmResult.Created>(_store.CreateVm(wish, ip => $"mac of {ip}",
            vm => EventDraft.About("VM_CREATED", vm, vm.Id + vm.IpAddress)));

        Assert.Equal(IPAddress.Parse("192.168.127.2"), made.Vm.IpAddress);
        Assert.Equal("mac of 192.168.127.2", made.Vm.MacAddress);
        Assert.Equal(made.Vm, _store.GetVm("a"));
        Assert.Equal(made.Vm, _store.GetVmById(made.Vm.Id));
        Assert.Equal(("a", "creating", "lease_ip", 2, 1024), (made.Vm.Name, made.Vm.Status, made.Vm.Phase, made.Vm.CpuCores, made.Vm.MemoryMb));
        Assert.Equal(("quiet", "{\"k\":\"v\"}", "[1]", "qemu", "tap0"),
            (made.Vm.KernelCmdline, made.Vm.LabelsJson, made.Vm.SpecJson, made.Vm.Hypervisor, made.Vm.TapName));
        Assert.Equal((1L, _clock.Now, _clock.Now), (made.Vm.Revision, made.Vm.CreatedAt, made.Vm.UpdatedAt));
        Assert.Equal(
            new StoredEvent(1, _clock.Now, "VM_CREATED", made.Vm.Id, "a", "creating", made.Vm.Id + "192.168.127.2"), made.Event);
        Assert.Equal(made.Event, Assert.Single(_store.ReadEvents(0, 10).Events));
        Assert.Equal(new Lease(made.Vm.IpAddress, made.Vm.Id, "ann", 1, _clock.Now), Assert.Single(_store.ListLeases()));
    }

    [Fact]
    public void CreateVm_TakenName_GivesTheExistingAndChangesNothing()
    {
        VmRecord first = Vms.Create(_store, "a");

        var taken = Assert.IsType<CreateVmResult.NameTaken>(Vms.TryCreate(_store, "a"));

        Assert.Equal(first, taken.Existing);
        Assert.Equal(1, _store.LastSeq);
        Assert.Equal(1, _store.PoolUsage().Leased);
    }

    [Fact]
    public void CreateVm_CallbackThrows_ChangesNothingAndGivesItsException()
    {
        Assert.Throws<FormatException>(() =>
            _store.CreateVm(Vms.New("a"), _ => throw new FormatException(), v => EventDraft.About("X", v)));
        Assert.Throws<FormatException>(() => _store.CreateVm(Vms.New("a"), _ => "m", _ => throw new FormatException()));

        Assert.Equal(0, _store.CountVms());
        Assert.Equal(0, _store.PoolUsage().Leased);
        Assert.Equal(1, Assert.IsType<CreateVmResult.Created>(Vms.TryCreate(_store, "a")).Event.Seq);
    }

    [Fact]
    public void CreateVm_CallbackCallsTheStore_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => _store.CreateVm(Vms.New("a"), _ => "m", v =>
        {
            Vms.Delete(_store, v.Id);
            return EventDraft.About("X", v);
        }));

        Assert.Equal(0, _store.CountVms());
        Vms.Create(_store, "a");
    }

    [Theory]
    [InlineData("", "s", "i", 1, 1)]
    [InlineData("n", "", "i", 1, 1)]
    [InlineData("n", "s", "", 1, 1)]
    [InlineData("n", "s", "i", 0, 1)]
    [InlineData("n", "s", "i", 1, 0)]
    public void CreateVm_BadField_Throws(string name, string status, string image, int cpus, int memory)
    {
        var vm = new NewVm { Name = name, Status = status, Image = image, CpuCores = cpus, MemoryMb = memory };

        Assert.ThrowsAny<ArgumentException>(() => _store.CreateVm(vm, _ => "m", v => EventDraft.About("X", v)));
    }

    [Fact]
    public void CreateVm_Ids_AreUniqueAndSortByTime()
    {
        var ids = new List<string>();
        for (int i = 0; i < 50; i++)
        {
            ids.Add(Vms.Create(_store, $"v{i}").Id);

            // The clock stands still, goes on and goes back.
            _clock.Now += TimeSpan.FromMilliseconds((i % 3) - 0.5);
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(50, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^vm_[0-7][0-9A-HJKMNP-TV-Z]{25}$", id));
    }

    [Fact]
    public void UpdateVm_SomeFields_ChangesThoseAndAppendsTheEvent()
    {
        VmRecord vm = Vms.Create(_store, "a");
        _clock.Now += TimeSpan.FromSeconds(1);

        var updated = Assert.IsType<UpdateVmResult.Updated>(_store.UpdateVm(vm.Id, new VmChange
        {
            Status = "running",
            Phase = null,
            StatusReason = "because",
            KernelCmdline = "c",
            LabelsJson = "{}",
            SpecJson = "{\"a\":1}",
            Pid = 42,
            PidStartTime = 4_000_000_000,
            BootId = "b",
            Hypervisor = "qemu",
            TapName = "tap7",
            StartedAt = _clock.Now.AddTicks(5),
            ReadyAt = _clock.Now,
        }, v => EventDraft.About("VM_RUNNING", v)));

        Assert.Equal(vm with
        {
            Status = "running",
            Phase = null,
            StatusReason = "because",
            KernelCmdline = "c",
            SpecJson = "{\"a\":1}",
            Pid = 42,
            PidStartTime = 4_000_000_000,
            BootId = "b",
            Hypervisor = "qemu",
            TapName = "tap7",
            StartedAt = _clock.Now,
            ReadyAt = _clock.Now,
            UpdatedAt = _clock.Now,
            Revision = 2,
        }, updated.Vm);
        Assert.Equal(updated.Vm, _store.GetVm("a"));
        Assert.Equal((2L, "running"), (updated.Event!.Seq, updated.Event.VmStatus));
    }

    [Fact]
    public void UpdateVm_NothingDiffers_KeepsTheRevision()
    {
        VmRecord vm = Vms.Create(_store, "a");
        _clock.Now += TimeSpan.FromSeconds(1);

        var updated = Assert.IsType<UpdateVmResult.Updated>(_store.UpdateVm(vm.Id, new VmChange { Status = "creating" }));

        Assert.Equal(vm, updated.Vm);
        Assert.Null(updated.Event);
        Assert.Equal(vm, _store.GetVm("a"));
    }

    [Fact]
    public void UpdateVm_OtherRevision_IsRefusedWithTheCurrentOne()
    {
        VmRecord vm = Vms.Create(_store, "a");

        var mismatch = Assert.IsType<UpdateVmResult.RevisionMismatch>(_store.UpdateVm(vm.Id,
            new VmChange { ExpectedRevision = 7, Status = "x" }, v => EventDraft.About("X", v)));

        Assert.Equal(vm, mismatch.Current);
        Assert.Equal(vm, _store.GetVm("a"));
        Assert.Equal(1, _store.LastSeq);
    }

    [Fact]
    public void UpdateVm_CallbackThrows_ChangesNothing()
    {
        VmRecord vm = Vms.Create(_store, "a");

        Assert.Throws<FormatException>(() =>
            _store.UpdateVm(vm.Id, new VmChange { Status = "x" }, _ => throw new FormatException()));

        Assert.Equal(vm, _store.GetVm("a"));
    }

    [Fact]
    public void UpdateVm_UnknownId_GivesNotFound() =>
        Assert.IsType<UpdateVmResult.NotFound>(_store.UpdateVm("vm_x", new VmChange()));

    [Fact]
    public void DeleteVm_Existing_FreesNameAndAddressAndAppendsTheEvent()
    {
        VmRecord vm = Vms.Create(_store, "a");

        var deleted = Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(_store, vm.Id));

        Assert.Equal(vm, deleted.Vm);
        Assert.Equal((2L, "VM_DELETED", vm.Id), (deleted.Event.Seq, deleted.Event.Type, deleted.Event.VmId));
        Assert.Null(_store.GetVm("a"));
        Assert.Empty(_store.ListLeases());
        Assert.Equal(vm.IpAddress, Vms.Create(_store, "a").IpAddress);
        Assert.Equal(2, Assert.Single(_store.ListLeases()).Epoch);
    }

    [Fact]
    public void DeleteVm_UnknownId_GivesNotFoundAndNoEvent()
    {
        Assert.IsType<DeleteVmResult.NotFound>(Vms.Delete(_store, "vm_x"));
        Assert.Equal(0, _store.LastSeq);
    }

    [Fact]
    public void DeleteVm_CallbackThrows_ChangesNothing()
    {
        VmRecord vm = Vms.Create(_store, "a");

        Assert.Throws<FormatException>(() => _store.DeleteVm(vm.Id, _ => throw new FormatException()));

        Vms.AssertSound(_store);
        Assert.Equal(vm, _store.GetVm("a"));
    }

    [Fact]
    public void ListVms_StatusNameAndLimit_GivesThePageInOrder()
    {
        foreach (string name in (string[])["d", "b", "a", "c"])
        {
            VmRecord vm = Vms.Create(_store, name);
            if (name != "b")
            {
                _store.UpdateVm(vm.Id, new VmChange { Status = "running" });
            }
        }

        Assert.Equal(["a", "b", "c", "d"], _store.ListVms().Select(v => v.Name));
        Assert.Equal(["c"], _store.ListVms(new VmQuery { Status = "running", AfterName = "a", Limit = 1 }).Select(v => v.Name));
        Assert.Equal((4, 3), (_store.CountVms(), _store.CountVms("running")));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.ListVms(new VmQuery { Limit = 0 }));
    }

    [Fact]
    public void GetVm_UnknownName_GivesNull()
    {
        Assert.Null(_store.GetVm("nobody"));
        Assert.Null(_store.GetVmById("vm_nobody"));
    }

    [Fact]
    public void CreateVm_Warm_AllocatesLittle()
    {
        NewVm[] wishes = [.. Enumerable.Range(0, 60).Select(i => Vms.New($"v{i}"))];
        long before = 0;
        for (int i = 0; i < wishes.Length; i++)
        {
            before = i == 40 ? GC.GetAllocatedBytesForCurrentThread() : before;
            _store.CreateVm(wishes[i], static _ => "02:00:00:00:00:01", static vm => EventDraft.About("VM_CREATED", vm));
        }

        // The records, the texts and the results of one creation, and nothing for its eight commands.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 1, 1280);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ü → 漢 \U0001F600")]
    public void Text_OfAnyKind_ComesBackAsGiven(string text)
    {
        string longText = string.Concat(Enumerable.Repeat(text, 500));
        VmRecord vm = Vms.Create(_store, "a");

        _store.UpdateVm(vm.Id, new VmChange { StatusReason = text, KernelCmdline = longText });

        VmRecord read = _store.GetVm("a")!;
        Assert.Equal((text, longText), (read.StatusReason, read.KernelCmdline));
    }

    [Fact]
    public void AnyCall_AfterDispose_Throws()
    {
        _store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _store.GetVm("a"));
        Assert.Throws<ObjectDisposedException>(() => Vms.TryCreate(_store, "a"));
    }
}
